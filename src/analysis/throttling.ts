import { increase } from "./counters.ts";
import type { Evidence } from "./evidence.ts";

/**
 * Share of the scheduler's periods in which the database's cgroup had used up its CPU quota; 0 where
 * it has no quota, `null` where it was not read.
 *
 * @see https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function throttledShare(evidence: Evidence): number | null {
  const periods = increase(evidence.series("cgroup", "periods"));
  const throttled = increase(evidence.series("cgroup", "throttledPeriods"));
  if (periods === null || throttled === null) return null;
  return periods === 0 ? 0 : throttled / periods;
}
