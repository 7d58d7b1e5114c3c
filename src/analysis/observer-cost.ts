import { formatNumber } from "../lib/units.ts";
import type { RunRecord } from "../record/run-record.ts";
import { increase, increaseOfAll } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { evidenceOf } from "./evidence-of-window.ts";
import type { ObserverCost, TrialAnalysis } from "./model.ts";

/**
 * What watching costs: CPU of the process that samples, and of the backends that answer it. The
 * time that a backend takes for an answer stands for its CPU, which errs towards too much.
 */
export function observerCost(record: RunRecord, trials: readonly TrialAnalysis[]): ObserverCost {
  const cores = record.manifest.machine?.cpuCount ?? null;
  if (cores === null) return { share: null, because: "The number of cores is not known." };
  let windowMs = 0;
  let processMs = 0;
  let backendMs = 0;
  for (const { window } of trials) {
    if (window === null) continue;
    const evidence = evidenceOf(record, window, null);
    const own = increase(evidence.series("observer", "cpuMs"));
    if (own === null) continue;
    windowMs += window.endMs - window.startMs;
    processMs += own;
    backendMs += backendTimeMs(evidence);
  }
  if (windowMs === 0) {
    return { share: null, because: "The observer's own CPU was not sampled in any window." };
  }
  const share = (processMs + backendMs) / (cores * windowMs);
  const because =
    `Sampling took ${formatNumber(processMs / (windowMs / 1000))} ms of CPU per second, and the ` +
    `backends that answered ${formatNumber(backendMs / (windowMs / 1000))} ms, on ${cores} cores.`;
  return { share, because };
}

function backendTimeMs(evidence: Evidence): number {
  return evidence.instances
    .map((on) => increaseOfAll(evidence.keyed("sampler", "waitMs", on)) ?? 0)
    .reduce((sum, ms) => sum + ms, 0);
}
