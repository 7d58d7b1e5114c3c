import { formatDurationMs } from "../../lib/units.ts";
import { count } from "../../report/phrases.ts";
import type { FailoverAnalysis, PhaseOverTrials } from "./model.ts";

/** With so many trials a loss in one failure of ten shows with 95 % confidence: 1 − 0.05^(1/29) < 0.1. */
const TRIALS_TO_BOUND = 29;

/** What took longest, and what it depends on; `null` where no phase was seen. */
export function tellSlowestPhase({ phases }: FailoverAnalysis): string | null {
  const wholeMs = phases.reduce((sum, { medianMs }) => sum + medianMs, 0);
  const longest = longestPhase(phases);
  if (longest === null || wholeMs === 0) return null;
  const { name, medianMs, controlledBy } = longest;
  const share = Math.round((100 * medianMs) / wholeMs);
  return `The longest part of the time without writes: ${name}, ${formatDurationMs(medianMs)} (${share} %). It depends on ${controlledBy}.`;
}

/** What was lost first, then what kept writes away longest, then too few trials to bound a loss. */
export function tellSteps({ title, loss, phases, rtoMs, what }: FailoverAnalysis): string[] {
  const longest = longestPhase(phases);
  const lost =
    loss.lost === 0
      ? []
      : [
          `${title}: acknowledged writes were lost. Let commits wait for standbys: \`synchronous: { method: any, number: 1 }\`, then run it again.`,
        ];
  const slow =
    longest === null || rtoMs === null
      ? []
      : [
          `${title}: ${longest.name} took most of the time without writes, ${formatDurationMs(longest.medianMs)}; it depends on ${longest.controlledBy}.`,
        ];
  const few =
    loss.shareBelow === null || loss.known >= TRIALS_TO_BOUND
      ? []
      : [
          `${what}: nothing was lost in ${count(loss.known, "trial")}, which bounds little. \`trials: ${TRIALS_TO_BOUND}\` would show a loss in one failure of ten.`,
        ];
  return [...lost, ...slow, ...few];
}

function longestPhase(phases: readonly PhaseOverTrials[]): PhaseOverTrials | null {
  return phases.reduce<PhaseOverTrials | null>(
    (most, one) => (one.medianMs > (most?.medianMs ?? 0) ? one : most),
    null,
  );
}
