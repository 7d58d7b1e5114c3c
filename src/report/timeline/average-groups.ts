import { LINE_POINTS_MAX } from "../thin-series.ts";
import type { TimelineSeries } from "../model.ts";

/** Faster samples than this are averaged: a stack of single instants cannot be read. */
const STEP_MS_MIN = 1000;

/**
 * Averages neighbours of lines that will be stacked: all lines of a stack must keep common instants,
 * so they cannot be thinned one by one. A group without any reading stays a gap.
 */
export function averageGroups(
  series: readonly TimelineSeries[],
  pointsMax = LINE_POINTS_MAX,
): TimelineSeries[] {
  const t = series[0]?.t ?? [];
  const stepMs = t.length < 2 ? STEP_MS_MIN : (t.at(-1)! - t[0]!) / (t.length - 1);
  const size = Math.max(Math.ceil(t.length / pointsMax), Math.round(STEP_MS_MIN / stepMs), 1);
  if (size === 1) return [...series];
  const starts = Array.from({ length: Math.ceil(t.length / size) }, (_, i) => i * size);
  return series.map((line) => ({
    ...line,
    t: starts.map((from) => t[Math.min(from + size, t.length) - 1]!),
    v: starts.map((from) => mean(line.v.slice(from, from + size))),
  }));
}

function mean(values: readonly (number | null)[]): number | null {
  const read = values.filter((x) => x !== null);
  return read.length === 0 ? null : read.reduce((sum, x) => sum + x, 0) / read.length;
}
