import { OWN_HOST } from "../record/series-format.ts";
import { increase } from "./counters.ts";
import type { Evidence } from "./evidence.ts";

/**
 * Share of the scheduler's periods in which a cgroup of the server (a limit may be on one kind of its
 * processes) had used up its CPU quota: that of the worst. 0 without a quota, `null` where not read.
 *
 * @see https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function throttledShare(evidence: Evidence, on?: string): number | null {
  const periods = evidence.keyed("cgroup", "periods", on);
  if (periods === null || periods.size === 0) return null;
  return Math.max(...[...periods.keys()].map((key) => throttledShareOf(evidence, key, on) ?? 0));
}

/** The same of one group of a server; `null` where it was not read, or is not there. */
export function throttledShareOf(evidence: Evidence, key: string, on?: string): number | null {
  const periods = evidence.keyed("cgroup", "periods", on)?.get(key) ?? null;
  const throttled = evidence.keyed("cgroup", "throttledPeriods", on)?.get(key) ?? null;
  if (periods === null) return null;
  const of = increase(periods);
  const stopped = increase(throttled);
  // A group without a quota counts no periods.
  return of === null || stopped === null || of === 0 ? 0 : stopped / of;
}

/** The same of the control group that this program and its generators are in; `null` where it was not read. */
export function ownThrottledShare(evidence: Evidence): number | null {
  const of = increase(evidence.series("observer-cgroup", "periods", OWN_HOST));
  const stopped = increase(evidence.series("observer-cgroup", "throttledPeriods", OWN_HOST));
  if (of === null || stopped === null) return null;
  return of === 0 ? 0 : stopped / of;
}
