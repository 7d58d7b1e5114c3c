import { OWN_HOST } from "../record/series-format.ts";
import { formatNumber } from "../lib/units.ts";
import type { ProbeSeries, RunRecord } from "../record/run-record.ts";
import { increase } from "./counters.ts";
import { cpuUse } from "./cpu-use.ts";
import { evidenceOf, type Window } from "./evidence-of-window.ts";
import { firstLevel, lastLevel } from "./gauges.ts";
import type { ObserverCost } from "./model.ts";

/**
 * What watching costs: CPU of the thread that samples, and of the backends that answer it.
 *
 * A backend's CPU for one answer is taken to be the quickest answer of that probe in the whole run:
 * under load the same answer waits for a CPU, too, and that is no cost of ours.
 */
export function observerCost(record: RunRecord, windows: readonly Window[]): ObserverCost {
  const { machine, hosts } = record.manifest;
  const own = hosts?.find(({ name }) => name === OWN_HOST)?.facts?.machine ?? machine;
  const cores = own?.cpuCount ?? null;
  if (cores === null) return { share: null, because: "The number of cores is not known." };
  const answers = quickestAnswersMs(record.probes.get("sampler"));
  let windowMs = 0;
  let processMs = 0;
  let backendMs = 0;
  for (const window of windows) {
    const evidence = evidenceOf(record, window, null);
    const { observerCores } = cpuUse(evidence);
    if (observerCores === null) continue;
    const ownMs = window.endMs - window.startMs;
    windowMs += ownMs;
    processMs += observerCores * ownMs;
    for (const [probe, series] of evidence.keyed("sampler", "queries", OWN_HOST) ?? []) {
      const spanMs = (series.t.at(-1) ?? 0) - (series.t[0] ?? 0);
      const queries = increase(series) ?? (lastLevel(series) ?? 0) - (firstLevel(series) ?? 0);
      if (spanMs > 0) backendMs += (queries / spanMs) * ownMs * (answers.get(probe) ?? 0);
    }
  }
  if (windowMs === 0) {
    return { share: null, because: "The observer's own CPU was not sampled in any window." };
  }
  const perS = (ms: number) => formatNumber(ms / (windowMs / 1000));
  return {
    share: (processMs + backendMs) / (cores * windowMs),
    because:
      `Sampling took ${perS(processMs)} ms of CPU per second and the backends that answered about ` +
      `${perS(backendMs)} ms, on ${cores} cores.`,
  };
}

/** Time of the quickest answers of each probe that asks a server; the others cost no backend. */
function quickestAnswersMs(sampler: ProbeSeries | undefined): Map<string, number> {
  const quickest = new Map<string, number>();
  for (const { keyed } of sampler?.on.values() ?? []) {
    for (const [probe, names] of keyed) {
      if (!probe.startsWith("pg-")) continue;
      const ms = quickestMs(names.get("queries") ?? [], names.get("waitMs") ?? []);
      if (ms !== null) quickest.set(probe, ms);
    }
  }
  return quickest;
}

function quickestMs(
  queries: readonly (number | null)[],
  waitMs: readonly (number | null)[],
): number | null {
  let least: number | null = null;
  for (let i = 1; i < queries.length; i += 1) {
    const asked = (queries[i] ?? 0) - (queries[i - 1] ?? 0);
    const waited = (waitMs[i] ?? 0) - (waitMs[i - 1] ?? 0);
    if (asked > 0 && waited > 0) least = Math.min(least ?? Infinity, waited / asked);
  }
  return least;
}
