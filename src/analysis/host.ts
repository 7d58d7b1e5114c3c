import { increaseOfAll, ratePerS } from "./counters.ts";
import { cpuUse } from "./cpu-use.ts";
import type { Evidence } from "./evidence.ts";
import { meanLevel } from "./gauges.ts";

/** Share of time in which some task waited for a CPU, 0 to 1; `null` where it was not read. */
export function cpuPressure(evidence: Evidence): number | null {
  return pressure(evidence, "cpuSomeMs");
}

/** Share of time in which some task waited for memory, 0 to 1; `null` where it was not read. */
export function memoryPressure(evidence: Evidence): number | null {
  return pressure(evidence, "memorySomeMs");
}

function pressure(evidence: Evidence, name: string): number | null {
  const stalledMsPerS = ratePerS(evidence.series("host-pressure", name, "host"));
  return stalledMsPerS === null ? null : Math.min(1, stalledMsPerS / 1000);
}

/** Tasks that run or want to, over the number of cores; `null` where it was not read. */
export function runQueuePerCore(evidence: Evidence): number | null {
  const running = meanLevel(evidence.series("host-cpu", "runnable", "host"));
  const { cores } = cpuUse(evidence);
  return running === null || cores === null || cores === 0 ? null : running / cores;
}

/**
 * Bytes per second that came from the disk that holds the data; from all where it is not known
 * which does; `null` where disks were not read.
 */
export function deviceReadBytesPerS(evidence: Evidence): number | null {
  const disks = evidence.keyed("host-disk", "readBytes", "host");
  if (disks === null || disks.size === 0) return null;
  const holding = [...disks].filter(([device]) =>
    (evidence.label("host-disk", device, "holds", "host") ?? "").includes("data"),
  );
  const bytes = increaseOfAll(holding.length > 0 ? new Map(holding) : disks);
  const elapsedMs = evidence.endMs - evidence.startMs;
  return bytes === null || elapsedMs <= 0 ? null : bytes / (elapsedMs / 1000);
}
