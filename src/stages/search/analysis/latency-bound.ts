import type { LatencyGoal } from "../../../record/format.ts";
import type { LatencyInterval } from "../../../record/run-record.ts";
import type { Window } from "../../../analysis/evidence-of-window.ts";
import { mergeHistograms } from "../../../analysis/latency-quantiles.ts";
import { deviationOf } from "../../../analysis/statistics/moments.ts";
import { samplesForQuantile } from "../../../analysis/statistics/samples-needed.ts";
import { studentTQuantile } from "../../../analysis/statistics/student-t.ts";
import { histogramsIn } from "../../../analysis/trial-seconds.ts";
import { SEARCH_THRESHOLDS } from "../../../analysis/search/thresholds.ts";

/** A quantile of a window and how high it may well be. */
export interface LatencyBound {
  readonly goal: keyof LatencyGoal;
  readonly ms: number;
  /** One-sided, from the pieces of the window; the quantile itself where it has too few. */
  readonly highMs: number;
  readonly batches: number;
}

const QUANTILES = { p50Ms: 50, p95Ms: 95, p99Ms: 99 } as const;

/**
 * The quantile over a whole window, and its upper end from the spread of the same quantile over pieces
 * of the window (on logs, since latencies are skewed). `null` where the window has too few transactions.
 *
 * A within-window figure: it does not know how another window would differ.
 */
export function boundLatency(
  latencies: readonly LatencyInterval[],
  window: Window,
  goal: keyof LatencyGoal,
): LatencyBound | null {
  const percent = QUANTILES[goal];
  const whole = mergeHistograms(histogramsIn(latencies, "latency", window));
  const needed = samplesForQuantile(percent / 100);
  if (needed === null) return null;
  if (whole.totalCount < needed.printFrom) return boundByLargest(goal, whole);
  const ms = whole.getValueAtPercentile(percent) / 1000;
  // A piece needs samples enough for the quantile to be bounded in it at all.
  const batches = Math.min(
    SEARCH_THRESHOLDS.batchesMax,
    Math.floor(whole.totalCount / needed.boundFrom),
  );
  if (batches < SEARCH_THRESHOLDS.batchesMin) return { goal, ms, highMs: ms, batches: 1 };
  const logs = listPieces(window, batches).flatMap((piece) => {
    const histogram = mergeHistograms(histogramsIn(latencies, "latency", piece));
    if (histogram.totalCount === 0) return [];
    return [Math.log(Math.max(1, histogram.getValueAtPercentile(percent)))];
  });
  const deviation = deviationOf(logs);
  const t = studentTQuantile(SEARCH_THRESHOLDS.latencyConfidence, logs.length - 1);
  if (deviation === null || t === null) return { goal, ms, highMs: ms, batches: 1 };
  const highMs = ms * Math.exp((t * deviation) / Math.sqrt(logs.length));
  return { goal, ms, highMs, batches: logs.length };
}

/** The largest latency bounds every quantile of what was seen. */
function boundByLargest(
  goal: keyof LatencyGoal,
  histogram: ReturnType<typeof mergeHistograms>,
): LatencyBound | null {
  if (histogram.totalCount === 0) return null;
  const largestMs = histogram.maxValue / 1000;
  return { goal, ms: largestMs, highMs: largestMs, batches: 0 };
}

function listPieces({ startMs, endMs }: Window, count: number): Window[] {
  const lengthMs = (endMs - startMs) / count;
  return Array.from({ length: count }, (_, i) => ({
    startMs: startMs + i * lengthMs,
    endMs: startMs + (i + 1) * lengthMs,
  }));
}
