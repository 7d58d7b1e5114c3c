import { increase } from "./counters.ts";
import type { Evidence } from "./evidence.ts";

/**
 * Share of the scheduler's periods in which a cgroup of the server (a limit may be on one kind of its
 * processes) had used up its CPU quota: that of the worst. 0 without a quota, `null` where not read.
 *
 * @see https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function throttledShare(evidence: Evidence): number | null {
  const periods = evidence.keyed("cgroup", "periods");
  const throttled = evidence.keyed("cgroup", "throttledPeriods");
  if (periods === null || throttled === null || periods.size === 0) return null;
  let worst: number | null = null;
  for (const [key, series] of periods) {
    const of = increase(series);
    const stopped = increase(throttled.get(key) ?? null);
    // A group without a quota counts no periods.
    const share = of === null || stopped === null || of === 0 ? 0 : stopped / of;
    worst = Math.max(worst ?? 0, share);
  }
  return worst;
}
