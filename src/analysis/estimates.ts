import type { Estimate } from "./model.ts";
import { meanInterval } from "./statistics/confidence-interval.ts";
import { meanOf } from "./statistics/moments.ts";
import { quantileInterval } from "./statistics/quantile-interval.ts";

/**
 * Mean over repetitions with Student's interval; no bounds for a single one, `null` for none.
 *
 * Never of the seconds of one run: those are correlated.
 */
export function estimateMean(repetitions: readonly number[]): Estimate | null {
  const value = meanOf(repetitions);
  if (value === null) return null;
  const interval = meanInterval(repetitions);
  if (interval === null) {
    return { value, low: null, high: null, n: repetitions.length, method: "one repetition" };
  }
  return {
    value,
    low: Math.max(0, interval.low),
    high: interval.high,
    n: interval.n,
    method: `95 % t-interval over ${interval.n} repetitions`,
  };
}

/**
 * Median over repetitions with the order statistics that bound it. With 5 or fewer there is no
 * 95 % interval without assuming a distribution: then the bounds are the extremes, and `method` says so.
 */
export function estimateMedian(repetitions: readonly number[]): Estimate | null {
  const interval = quantileInterval(repetitions);
  if (interval.is === "unknown") return null;
  const { estimate: value, low, high, n } = interval;
  if (n === 1) return { value, low: null, high: null, n, method: "one repetition" };
  const method =
    interval.is === "interval"
      ? `median of ${n} repetitions, 95 % interval by order statistics`
      : `median of ${n} repetitions, smallest to largest (too few for a 95 % interval)`;
  return { value, low, high, n, method };
}
