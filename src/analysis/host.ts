import { increase, ratePerS } from "./counters.ts";
import { cpuUse } from "./cpu-use.ts";
import type { Evidence } from "./evidence.ts";
import { meanLevel } from "./gauges.ts";

/** Share of time in which some task waited for a CPU, 0 to 1; `null` where it was not read. */
export function cpuPressure(evidence: Evidence): number | null {
  const stalledMsPerS = ratePerS(evidence.series("host-pressure", "cpuSomeMs"));
  return stalledMsPerS === null ? null : Math.min(1, stalledMsPerS / 1000);
}

/** Tasks that run or want to, over the number of cores; `null` where it was not read. */
export function runQueuePerCore(evidence: Evidence): number | null {
  const running = meanLevel(evidence.series("host-cpu", "running"));
  const { cores } = cpuUse(evidence);
  return running === null || cores === null || cores === 0 ? null : running / cores;
}

/** Bytes per second that came from devices; `null` where they were not read. */
export function deviceReadBytesPerS(evidence: Evidence): number | null {
  return ratePerS(evidence.series("host-disk", "readBytes"));
}

/** Periods of the cgroup's CPU quota, and how many of them ended without any left. */
export function quotaPeriods(
  evidence: Evidence,
): { readonly periods: number; readonly throttled: number } | null {
  const periods = increase(evidence.series("cgroup", "periods"));
  const throttled = increase(evidence.series("cgroup", "throttledPeriods"));
  return periods === null || throttled === null ? null : { periods, throttled };
}
