import type { TrialAnalysis, TrialSecond } from "./model.ts";
import { steadyState } from "./statistics/steady-state.ts";

/** Whether the measured seconds are of one level. */
export function judgeSteadiness(seconds: readonly TrialSecond[]): TrialAnalysis["steady"] {
  const { state, because } = steadyState({
    throughputTps: seconds.map(({ tps }) => tps),
    latencyMsP95: seconds.map(({ p95Ms }) => p95Ms),
  });
  return { is: state, because };
}
