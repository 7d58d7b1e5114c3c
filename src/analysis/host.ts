import { increaseOfAll, ratePerS } from "./counters.ts";
import { cpuUse } from "./cpu-use.ts";
import type { Evidence } from "./evidence.ts";
import { meanLevel } from "./gauges.ts";

/** Share of time in which some task of the server's host waited for a CPU, 0 to 1; `null` where it was not read. */
export function cpuPressure(evidence: Evidence): number | null {
  return pressure(evidence, "cpuSomeMs", evidence.host);
}

/** Share of time in which some task of a host waited for memory, 0 to 1; `null` where it was not read. */
export function memoryPressure(evidence: Evidence, host: string): number | null {
  return pressure(evidence, "memorySomeMs", host);
}

function pressure(evidence: Evidence, name: string, host: string): number | null {
  const stalledMsPerS = ratePerS(evidence.series("host-pressure", name, host));
  return stalledMsPerS === null ? null : Math.min(1, stalledMsPerS / 1000);
}

/** Tasks of the server's host that run or want to, over the number of cores; `null` where it was not read. */
export function runQueuePerCore(evidence: Evidence): number | null {
  const running = meanLevel(evidence.series("host-cpu", "runnable", evidence.host));
  const { cores } = cpuUse(evidence);
  return running === null || cores === null || cores === 0 ? null : running / cores;
}

/**
 * Bytes per second that came from the disk that holds the data; from all where it is not known
 * which does; `null` where disks were not read.
 */
export function deviceReadBytesPerS(evidence: Evidence): number | null {
  const disks = evidence.keyed("host-disk", "readBytes", evidence.host);
  if (disks === null || disks.size === 0) return null;
  const holding = [...disks].filter(([device]) =>
    (evidence.label("host-disk", device, "holds", evidence.host) ?? "").includes("data"),
  );
  const bytes = increaseOfAll(holding.length > 0 ? new Map(holding) : disks);
  const elapsedMs = evidence.endMs - evidence.startMs;
  return bytes === null || elapsedMs <= 0 ? null : bytes / (elapsedMs / 1000);
}
