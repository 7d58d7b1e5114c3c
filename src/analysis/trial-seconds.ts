import type { LatencyInterval } from "../record/run-record.ts";
import type { Window } from "./evidence-of-window.ts";
import { mergeHistograms, quantilesOf } from "./latency-quantiles.ts";
import type { LoadInterval } from "./load-counts.ts";
import type { TrialSecond } from "./model.ts";

/** A trial second by second: the generator's counts, with the quantiles of the same interval. */
export function trialSeconds(
  load: readonly LoadInterval[],
  latencies: readonly LatencyInterval[],
  window: Window | null,
): TrialSecond[] {
  const ofLatency = latencies.filter(({ part }) => part === "latency");
  let next = 0;
  return load.map((interval) => {
    const { startMs, endMs } = interval;
    // Both are in order of time; scripts of one interval stand next to one another.
    while (next < ofLatency.length && middleOf(ofLatency[next]!) < startMs) next += 1;
    const own: LatencyInterval[] = [];
    for (let i = next; i < ofLatency.length && middleOf(ofLatency[i]!) < endMs; i += 1) {
      own.push(ofLatency[i]!);
    }
    const quantiles = quantilesOf(mergeHistograms(own.map(({ histogram }) => histogram)));
    return {
      atMs: endMs,
      tps: interval.transactions / ((endMs - startMs) / 1000),
      failed: interval.failed,
      skipped: interval.skipped,
      p50Ms: quantiles.p50Ms,
      p95Ms: quantiles.p95Ms,
      p99Ms: quantiles.p99Ms,
      maxMs: quantiles.maxMs,
      inWindow: window !== null && isInside(interval, window),
    };
  });
}

/** The quantiles of one part of all intervals whose middle is in the window. */
export function histogramsIn(
  latencies: readonly LatencyInterval[],
  part: LatencyInterval["part"],
  window: Window,
) {
  return latencies
    .filter((interval) => interval.part === part && isInside(interval, window))
    .map(({ histogram }) => histogram);
}

function isInside(interval: Window, window: Window): boolean {
  const middle = middleOf(interval);
  return middle >= window.startMs && middle < window.endMs;
}

function middleOf({ startMs, endMs }: Window): number {
  return (startMs + endMs) / 2;
}
