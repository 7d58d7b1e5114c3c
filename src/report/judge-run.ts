import type { TrialAnalysis } from "../analysis/model.ts";
import type { RunManifest } from "../record/format.ts";
import type { ObjectiveVerdict, ReportModel, VerdictValue } from "./model.ts";
import { count } from "./phrases.ts";

/**
 * The verdict over the run. An objective that failed fails it; one that is undecided leaves it
 * unknown. Without objectives only the measurement itself can be judged, and the sentence says so.
 */
export function judgeRun(
  manifest: RunManifest,
  objectives: readonly ObjectiveVerdict[],
  validity: ReportModel["validity"],
): { verdict: VerdictValue; verdictBecause: string } {
  const of = (verdict: VerdictValue) => objectives.filter((one) => one.verdict === verdict);
  const failed = of("fail");
  if (failed.length > 0) {
    return {
      verdict: "fail",
      verdictBecause: `${failed.length} of ${count(objectives.length, "objective")} ${failed.length === 1 ? "was" : "were"} missed: ${names(failed)}.`,
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

function judgeMeasurement(
  { status, statusBecause }: RunManifest,
  { valid, degraded, invalid }: ReportModel["validity"],
): { verdict: VerdictValue; verdictBecause: string } {
  const none = "The experiment sets no objectives, so only the measurement is judged";
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
  if (trials.length === 0) return "No trial was run.";
  if (valid === trials.length) {
    return trials.length === 1
      ? "The one trial is valid."
      : `All ${count(trials.length, "trial")} are valid.`;
  }
  const reasons = new Map<string, { trials: number; because: string }>();
  for (const { validity } of trials) {
    for (const { gate, because } of validity.reasons) {
      reasons.set(gate, { because, trials: (reasons.get(gate)?.trials ?? 0) + 1 });
    }
  }
  const top = [...reasons.values()].toSorted((a, b) => b.trials - a.trials).slice(0, 2);
  const told = top.map(({ because, trials }) => `${trimEnd(because)} (${count(trials, "trial")})`);
  return `${valid} of ${count(trials.length, "trial")} ${valid === 1 ? "is" : "are"} valid without reservation. ${told.length === 0 ? "" : `${told.length === 1 ? "The reason" : "The commonest reasons"}: ${told.join("; ")}.`}`.trim();
}

function names(objectives: readonly ObjectiveVerdict[]): string {
  return objectives.map(({ objective, wanted }) => `${objective} ${wanted}`).join(", ");
}

function trimEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
