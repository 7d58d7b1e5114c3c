import type { TimelineSeries } from "./model.ts";

/** More points than a screen has columns cost bytes and show nothing. */
export const LINE_POINTS_MAX = 1500;

/**
 * Thins a line for drawing: of each bucket of neighbours the lowest and the highest stay, in their
 * order, so that no spike and no dip is lost. Gaps that fill a whole bucket stay gaps.
 */
export function thinSeries(series: TimelineSeries, pointsMax = LINE_POINTS_MAX): TimelineSeries {
  const { t, v } = series;
  if (t.length <= pointsMax) return series;
  const buckets = Math.floor(pointsMax / 2);
  const keep: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * t.length) / buckets);
    const to = Math.floor(((bucket + 1) * t.length) / buckets);
    keep.push(...extremes(v, from, to));
  }
  return { ...series, t: keep.map((i) => t[i]!), v: keep.map((i) => v[i]!) };
}

function extremes(v: readonly (number | null)[], from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  for (let i = from; i < to; i++) {
    const value = v[i];
    if (value === null || value === undefined) continue;
    if (low < 0 || value < v[low]!) low = i;
    if (high < 0 || value > v[high]!) high = i;
  }
  if (low < 0) return [from];
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}
