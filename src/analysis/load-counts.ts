import { LOAD_HEADER } from "../record/series-format.ts";
import type { InstanceSeries, RunRecord } from "../record/run-record.ts";
import type { Window } from "./evidence-of-window.ts";

const COUNTS = ["transactions", "failed", "skipped", "retried", "unknown"] as const;
type Count = (typeof COUNTS)[number];

/** What the generator counted in one interval, all scripts together. */
export interface LoadInterval extends Readonly<Record<Count, number>> {
  readonly startMs: number;
  readonly endMs: number;
}

/** Counts of a window; intervals that it cuts count by the part that is inside. */
export interface LoadCounts extends Readonly<Record<Count, number>> {
  /** Part of the window that the generator reported on. */
  readonly coveredMs: number;
}

/** The intervals that end in a stretch of time, in order. Several generators are added up. */
export function loadIntervals(record: RunRecord, within: Window): LoadInterval[] {
  const [first, ...others] = record.probes.get(LOAD_HEADER.probe)?.on.values() ?? [];
  if (first === undefined) return [];
  const intervals = intervalsOf(first, within);
  for (const other of others) {
    for (const interval of intervalsOf(other, within)) addToNearest(intervals, interval);
  }
  return intervals;
}

function intervalsOf(series: InstanceSeries, within: Window): LoadInterval[] {
  const intervals: LoadInterval[] = [];
  series.t.forEach((t, i) => {
    if (t <= within.startMs || t > within.endMs + 1000) return;
    let intervalMs = 0;
    const counts = { transactions: 0, failed: 0, skipped: 0, retried: 0, unknown: 0 };
    for (const names of series.keyed.values()) {
      intervalMs = Math.max(intervalMs, names.get("intervalMs")?.[i] ?? 0);
      for (const name of COUNTS) counts[name] += names.get(name)?.[i] ?? 0;
    }
    // Without a length the sample is a gap.
    if (intervalMs > 0) intervals.push({ startMs: t - intervalMs, endMs: t, ...counts });
  });
  return intervals;
}

function addToNearest(intervals: LoadInterval[], extra: LoadInterval): void {
  let nearest = -1;
  intervals.forEach((interval, i) => {
    const best = intervals[nearest];
    const distanceMs = Math.abs(interval.endMs - extra.endMs);
    if (best === undefined || distanceMs < Math.abs(best.endMs - extra.endMs)) nearest = i;
  });
  const into = intervals[nearest];
  if (into === undefined) return;
  const sum: Record<Count, number> = { ...into };
  for (const name of COUNTS) sum[name] += extra[name];
  intervals[nearest] = { ...into, ...sum };
}

export function countIn(intervals: readonly LoadInterval[], window: Window): LoadCounts {
  const counts = { transactions: 0, failed: 0, skipped: 0, retried: 0, unknown: 0 };
  let coveredMs = 0;
  for (const interval of intervals) {
    const inside =
      Math.min(interval.endMs, window.endMs) - Math.max(interval.startMs, window.startMs);
    if (inside <= 0) continue;
    coveredMs += inside;
    const share = inside / (interval.endMs - interval.startMs);
    for (const name of COUNTS) counts[name] += interval[name] * share;
  }
  return { ...counts, coveredMs };
}
