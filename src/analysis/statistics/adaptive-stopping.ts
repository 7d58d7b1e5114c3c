import { meanInterval } from "./confidence-interval.ts";
import { finiteOf, type Readings } from "./readings.ts";
import { runsForHalfWidth } from "./samples-needed.ts";
import { THRESHOLDS } from "./thresholds.ts";

export interface StoppingRule {
  /** Wanted half-width over the mean: 0.02 for throughput, 0.1 for p99. */
  readonly targetShare: number;
  readonly runsMin?: number;
  readonly runsMax?: number;
  /** `null`: no budget. */
  readonly budgetMs?: number | null;
  readonly confidence?: number;
}

export interface StoppingState {
  /** The value of each run so far; `null` for a run that gave none (it still costs its time). */
  readonly runs: Readings;
  readonly elapsedMs: number;
  /** How long one more run takes; `null` where that is not known yet. */
  readonly nextRunMs: number | null;
}

export interface StoppingDecision {
  readonly decision: "continue" | "stop";
  readonly reason: "too-few" | "not-precise" | "precise" | "runs-max" | "budget";
  /** Precision so far: half-width over the mean; `null` where there is none yet. */
  readonly achievedShare: number | null;
  /** More runs that the target would take at the present noise; `null` where that is not known. */
  readonly runsMissing: number | null;
  readonly because: string;
}

/**
 * Whether to repeat once more. Stops for precision only, never because a difference has become
 * significant: looking again and again until it does finds differences that are not there.
 */
export function decideStopping(state: StoppingState, rule: StoppingRule): StoppingDecision {
  const { targetShare, runsMin = THRESHOLDS.stoppingRunsMin, budgetMs = null } = rule;
  const runsMax = Math.max(runsMin, rule.runsMax ?? THRESHOLDS.stoppingRunsMax);
  const values = finiteOf(state.runs);
  const interval = meanInterval(values, rule.confidence);
  const achievedShare = interval?.relativeHalfWidth ?? null;
  const runsMissing = missingRuns(values, rule, runsMin);
  const known = { achievedShare, runsMissing };
  const precision =
    achievedShare === null
      ? `${values.length} runs give no interval`
      : `±${percent(achievedShare)} after ${values.length} runs, ±${percent(targetShare)} wanted`;

  if (values.length >= runsMin && achievedShare !== null && achievedShare <= targetShare) {
    return { decision: "stop", reason: "precise", ...known, because: `${precision}.` };
  }
  // Runs without a value count here: a run that never works must not be repeated for ever.
  if (state.runs.length >= runsMax) {
    const because = `${precision}; ${runsMax} runs are the limit.`;
    return { decision: "stop", reason: "runs-max", ...known, because };
  }
  if (budgetMs !== null && state.elapsedMs + (state.nextRunMs ?? 0) > budgetMs) {
    const because = `${precision}; one more run does not fit into the time budget.`;
    return { decision: "stop", reason: "budget", ...known, because };
  }
  const reason = values.length < runsMin ? "too-few" : "not-precise";
  return { decision: "continue", reason, ...known, because: `${precision}.` };
}

function missingRuns(
  values: readonly number[],
  { targetShare, confidence = THRESHOLDS.confidence }: StoppingRule,
  runsMin: number,
): number | null {
  const interval = meanInterval(values, confidence);
  if (interval === null || interval.mean === 0) return null;
  const variation = interval.standardDeviation / Math.abs(interval.mean);
  const needed = runsForHalfWidth({ variation, halfWidth: targetShare, confidence });
  return needed === null ? null : Math.max(0, Math.max(needed, runsMin) - values.length);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
