import type { TrialAnalysis, TrialSecond } from "./model.ts";

/** Whether the measured seconds are of one level. */
export function judgeSteadiness(seconds: readonly TrialSecond[]): TrialAnalysis["steady"] {
  return { is: "unknown", because: `${seconds.length} s were measured.` };
}
