const NONE = "Null where it is not counted for this group.";
const UNLIMITED = "Null where there is no limit.";
const counter = <Unit extends "count" | "ms" | "bytes">(unit: Unit, doc: string) =>
  ({ unit, kind: "counter", doc: `${doc} ${NONE}` }) as const;
const gauge = <Unit extends "count" | "bytes">(unit: Unit, doc: string) =>
  ({ unit, kind: "gauge", doc }) as const;

/** The series of `CgroupReading`, for the probes that read control groups. */
export const CGROUP_SERIES = {
  cpuMs: counter("ms", "CPU used by the group."),
  periods: counter("count", "Periods of the tightest CPU limit in which the group wanted CPU."),
  throttledPeriods: counter("count", "Of these, periods in which it was stopped at its limit."),
  throttledMs: counter("ms", "Time that its tasks were stopped, added up over CPUs."),
  quotaCores: gauge("count", `CPUs' worth of time that the tightest limit allows. ${UNLIMITED}`),
  memoryBytes: gauge("bytes", `Memory charged to the group, its page cache included. ${NONE}`),
  memoryFileBytes: gauge("bytes", `Page cache among it. ${NONE}`),
  memoryLimitBytes: gauge("bytes", `The tightest memory limit. ${UNLIMITED}`),
  memoryLimitHits: counter("count", "Times that the limit was reached and memory taken back."),
  oomKills: counter("count", "Processes of the group killed for want of memory."),
  reads: counter("count", "Reads from disks."),
  readBytes: counter("bytes", "Read from disks."),
  writes: counter("count", "Writes to disks."),
  writtenBytes: counter("bytes", "Written to disks."),
  readLimitPerSecond: gauge(
    "count",
    `Reads per second that the tightest limit allows. ${UNLIMITED}`,
  ),
  writeLimitPerSecond: gauge(
    "count",
    `Writes per second that the tightest limit allows. ${UNLIMITED}`,
  ),
  readLimitBytesPerSecond: gauge("bytes", `Bytes per second that may be read. ${UNLIMITED}`),
  writeLimitBytesPerSecond: gauge("bytes", `Bytes per second that may be written. ${UNLIMITED}`),
  cpuPressureMs: counter("ms", "Time in which some task of the group stood still for want of CPU."),
  ioPressureMs: counter("ms", "Time in which some task stood still for want of a disk."),
  memoryPressureMs: counter("ms", "Time in which some task stood still for want of memory."),
} as const;
