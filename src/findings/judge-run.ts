import type { Analysis } from "../analysis/model.ts";
import { formatCount } from "../lib/units.ts";
import type { RunManifest } from "../record/format.ts";
import type { RunValidity } from "./judge-validity.ts";
import type { ObjectiveVerdict } from "./objectives.ts";
import type { Finding } from "./rule.ts";

/** Pass, fail, or too little to tell. */
export type VerdictValue = "pass" | "fail" | "unknown";

/** The verdict over a run, and why. */
export interface RunVerdict {
  readonly verdict: VerdictValue;
  readonly verdictBecause: string;
  /** Id of the finding that the verdict rests on; absent where an objective or a comparison decided. */
  readonly verdictFinding?: string;
  /** Of an undecided observation: what is seen to be full, or waited for, although no finding explains it. */
  readonly heldBackBy?: string;
  /** Of an observation: that too little of the server could be read, and why; absent where it could. */
  readonly unwatched?: string;
}

/**
 * The verdict over the run. A control that found a difference where there is none comes first, since
 * nothing that was measured with that set-up can be believed; then an objective that failed, then
 * what was found wrong where the run watched. Objectives that are undecided leave the verdict unknown.
 * Without objectives only the measurement itself can be judged, and the sentence says so.
 */
export function judgeRun(
  manifest: RunManifest,
  objectives: readonly ObjectiveVerdict[],
  validity: RunValidity,
  findings: readonly Finding[],
  unwatched: string | null,
  { comparisons, observations }: Pick<Analysis, "comparisons" | "observations">,
): RunVerdict {
  if (isObservation(manifest)) return judgeObservation(findings, unwatched);
  const broken = comparisons.find(({ control }) => control.is === "different");
  if (broken !== undefined) {
    return { verdict: "fail", verdictBecause: `The set-up is broken. ${broken.control.because}` };
  }
  const of = (verdict: VerdictValue) => objectives.filter((one) => one.verdict === verdict);
  const failed = of("fail");
  if (failed.length > 0) {
    return {
      verdict: "fail",
      verdictBecause: `${failed.length} of ${formatCount(objectives.length, "objective")} ${failed.length === 1 ? "was" : "were"} missed: ${names(failed)}.`,
    };
  }
  const watched = worstWatched(findings, observations);
  if (watched !== undefined) {
    const { id, at, because } = watched;
    return {
      verdict: "fail",
      verdictBecause: `${id}, ${at}: ${because}`,
      verdictFinding: id,
    };
  }
  const open = of("unknown");
  if (open.length > 0) {
    return {
      verdict: "unknown",
      verdictBecause: `${open.length} of ${formatCount(objectives.length, "objective")} could not be decided: ${names(open)}.`,
    };
  }
  if (objectives.length > 0) {
    return {
      verdict: "pass",
      verdictBecause:
        objectives.length === 1
          ? `The objective ${names(objectives)} was met.`
          : `${objectives.length === 2 ? "Both" : `All ${objectives.length}`} objectives were met: ${names(objectives)}.`,
    };
  }
  return judgeMeasurement(manifest, validity);
}

/** A stage that watches asks what is wrong; a stage that loads asks how much it takes. */
function worstWatched(
  findings: readonly Finding[],
  observations: Analysis["observations"],
): Finding | undefined {
  const titles = new Set(observations.map(({ title }) => title));
  return findings
    .filter(({ verdict, at }) => verdict === "fail" && at !== null && titles.has(at))
    .toSorted((a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE))[0];
}

/** True where nothing was loaded: servers were watched while somebody else used them. */
export function isObservation({ plan }: RunManifest): boolean {
  const asks = (plan.questions ?? []).length > 0;
  return !asks && plan.trials.every(({ observes }) => observes === true);
}

/** What was watched is judged by what was found. */
function judgeObservation(findings: readonly Finding[], unwatched: string | null): RunVerdict {
  const judged = judgeWatched(findings);
  if (unwatched === null) return judged;
  const told = `The server could not be watched. ${unwatched}`;
  const verdictBecause =
    judged.verdict === "fail" ? `${judged.verdictBecause} Apart from that: ${told}` : told;
  return { ...judged, verdictBecause, unwatched: told };
}

function judgeWatched(findings: readonly Finding[]): RunVerdict {
  const failed = findings.filter(({ verdict }) => verdict === "fail");
  const root = failed.find(({ rank }) => rank === 1);
  if (root !== undefined) {
    const others = failed.length - 1;
    const more = others === 0 ? "" : ` ${formatCount(others, "more finding")} with it.`;
    return {
      verdict: "fail",
      verdictBecause: `${root.id}: ${root.because}${more}`,
      verdictFinding: root.id,
    };
  }
  const none = findings.find(({ id }) => id === NO_BOTTLENECK);
  if (none?.verdict === "pass") return { verdict: "pass", verdictBecause: none.because };
  return {
    verdict: "unknown",
    verdictBecause: none?.because ?? "Nothing was seen that could be judged.",
    ...(none?.heldBackBy === undefined
      ? {}
      : { heldBackBy: none.heldBackBy, verdictFinding: none.id }),
  };
}

/** The finding that says that there is none. */
const NO_BOTTLENECK = "no-bottleneck";

function judgeMeasurement(
  { status, statusBecause }: RunManifest,
  { valid, degraded, invalid }: RunValidity,
): RunVerdict {
  const none = "The experiment sets no objectives, so only the measurement is judged";
  if (status === "failed") {
    return { verdict: "unknown", verdictBecause: `The run failed. ${statusBecause ?? ""}`.trim() };
  }
  if (status !== "finished") {
    return {
      verdict: "unknown",
      verdictBecause: `${none}: the run is ${status}${statusBecause === null ? "" : ` (${trimEnd(statusBecause)})`}.`,
    };
  }
  if (valid + degraded === 0) {
    return { verdict: "unknown", verdictBecause: `${none}: no trial of it can be believed.` };
  }
  if (valid === 0 || invalid > 0) {
    return {
      verdict: "unknown",
      verdictBecause: `${none}: ${valid === 0 ? "every trial has a reservation" : `${formatCount(invalid, "trial")} cannot be believed`}.`,
    };
  }
  return {
    verdict: "pass",
    verdictBecause: `${none}: it was ${degraded === 0 ? "valid throughout" : `valid, ${formatCount(degraded, "trial")} with reservations`}.`,
  };
}

function names(objectives: readonly ObjectiveVerdict[]): string {
  return objectives.map(({ objective, wanted }) => `${objective} ${wanted}`).join(", ");
}

function trimEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
