import type { TrialAnalysis } from "../analysis/model.ts";
import { formatCount } from "../lib/units.ts";

/** How many trials of a run may be believed. */
export interface RunValidity {
  readonly valid: number;
  readonly degraded: number;
  readonly invalid: number;
  readonly sentence: string;
}

/** How many trials may be believed, and the commonest reasons against. */
export function judgeValidity(trials: readonly TrialAnalysis[]): RunValidity {
  const of = (grade: string) => trials.filter(({ validity }) => validity.is === grade).length;
  const [valid, degraded, invalid] = [of("valid"), of("degraded"), of("invalid")];
  return { valid, degraded, invalid, sentence: validitySentence(trials, valid) };
}

function validitySentence(trials: readonly TrialAnalysis[], valid: number): string {
  if (trials.length === 0) return "No load was put on, so no trial was run.";
  if (valid === trials.length) {
    return trials.length === 1
      ? "The one trial is valid."
      : `All ${formatCount(trials.length, "trial")} are valid.`;
  }
  const top = listReasons(trials).slice(0, 2);
  const told = top.map(
    ({ because, trials }) => `${trimEnd(because)} (${formatCount(trials, "trial")})`,
  );
  return `${valid} of ${formatCount(trials.length, "trial")} ${valid === 1 ? "is" : "are"} valid without reservation. ${told.length === 0 ? "" : `${told.length === 1 ? "The reason" : "The main reasons"}: ${told.join("; ")}.`}`.trim();
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

function trimEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
