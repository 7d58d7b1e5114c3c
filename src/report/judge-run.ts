import type { Analysis, TrialAnalysis } from "../analysis/model.ts";
import type { Finding } from "../findings/rule.ts";
import type { RunManifest } from "../record/format.ts";
import type { ObjectiveVerdict, ReportModel, VerdictValue } from "./model.ts";
import { count } from "./phrases.ts";

interface Judged {
  readonly verdict: VerdictValue;
  readonly verdictBecause: string;
  /** Id of the finding that made it fail; absent where something else did. */
  readonly verdictFinding?: string;
  readonly heldBackBy?: string;
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
  validity: ReportModel["validity"],
  findings: readonly Finding[],
  unwatched: string | null,
  { comparisons, observations }: Pick<Analysis, "comparisons" | "observations">,
): Judged {
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
      verdictBecause: `${failed.length} of ${count(objectives.length, "objective")} ${failed.length === 1 ? "was" : "were"} missed: ${names(failed)}.`,
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
      verdictBecause: `${open.length} of ${count(objectives.length, "objective")} could not be decided: ${names(open)}.`,
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
function judgeObservation(findings: readonly Finding[], unwatched: string | null): Judged {
  const judged = judgeWatched(findings);
  if (unwatched === null) return judged;
  const told = `The server could not be watched. ${unwatched}`;
  const verdictBecause =
    judged.verdict === "fail" ? `${judged.verdictBecause} Apart from that: ${told}` : told;
  return { ...judged, verdictBecause, unwatched: told };
}

function judgeWatched(findings: readonly Finding[]): Judged {
  const failed = findings.filter(({ verdict }) => verdict === "fail");
  const root = failed.find(({ rank }) => rank === 1);
  if (root !== undefined) {
    const others = failed.length - 1;
    const more = others === 0 ? "" : ` ${count(others, "more finding")} with it.`;
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
  { valid, degraded, invalid }: ReportModel["validity"],
): Judged {
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
      verdictBecause: `${none}: ${valid === 0 ? "every trial has a reservation" : `${count(invalid, "trial")} cannot be believed`}.`,
    };
  }
  return {
    verdict: "pass",
    verdictBecause: `${none}: it was ${degraded === 0 ? "valid throughout" : `valid, ${count(degraded, "trial")} with reservations`}.`,
  };
}

/** How many trials may be believed, and the commonest reasons against. */
export function judgeValidity(trials: readonly TrialAnalysis[]): ReportModel["validity"] {
  const of = (grade: string) => trials.filter(({ validity }) => validity.is === grade).length;
  const [valid, degraded, invalid] = [of("valid"), of("degraded"), of("invalid")];
  return { valid, degraded, invalid, sentence: validitySentence(trials, valid) };
}

function validitySentence(trials: readonly TrialAnalysis[], valid: number): string {
  if (trials.length === 0) return "No load was put on, so no trial was run.";
  if (valid === trials.length) {
    return trials.length === 1
      ? "The one trial is valid."
      : `All ${count(trials.length, "trial")} are valid.`;
  }
  const top = listReasons(trials).slice(0, 2);
  const told = top.map(({ because, trials }) => `${trimEnd(because)} (${count(trials, "trial")})`);
  return `${valid} of ${count(trials.length, "trial")} ${valid === 1 ? "is" : "are"} valid without reservation. ${told.length === 0 ? "" : `${told.length === 1 ? "The reason" : "The main reasons"}: ${told.join("; ")}.`}`.trim();
}

export interface CommonReason {
  readonly gate: string;
  readonly grade: "degraded" | "invalid";
  /** As the first trial says it: figures differ between trials. */
  readonly because: string;
  readonly trials: number;
}

/** Reasons against trials: those that make one invalid first, then the commonest. */
export function listReasons(trials: readonly TrialAnalysis[]): CommonReason[] {
  const reasons = new Map<string, CommonReason>();
  for (const { validity } of trials) {
    for (const { gate, grade, because } of validity.reasons) {
      const key = `${gate} ${grade}`;
      const before = reasons.get(key) ?? { gate, grade, because, trials: 0 };
      reasons.set(key, { ...before, trials: before.trials + 1 });
    }
  }
  const rank = ({ grade }: CommonReason) => (grade === "invalid" ? 0 : 1);
  return [...reasons.values()].toSorted((a, b) => rank(a) - rank(b) || b.trials - a.trials);
}

function names(objectives: readonly ObjectiveVerdict[]): string {
  return objectives.map(({ objective, wanted }) => `${objective} ${wanted}`).join(", ");
}

function trimEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
