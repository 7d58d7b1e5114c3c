/** How a line of a panel comes out of a probe's series; keys of a keyed probe are added up. */
export interface PanelLine {
  readonly name: string;
  readonly probe: string;
  /** Series that are added up; those that are absent are left out. */
  readonly series: readonly string[];
  /** `rate`: growth per second. `cpu-share`: growth in ms per second over all CPUs, 0 to 1. */
  readonly as: "level" | "rate" | "cpu-share";
  /** Only keys that match; all of them where absent. */
  readonly keys?: RegExp;
}

export interface PanelDefinition {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly stacked: boolean;
  readonly lines: readonly PanelLine[];
}

type Drawn = PanelLine["as"];

const lineAs =
  (as: Drawn) =>
  (name: string, probe: string, ...series: string[]): PanelLine => ({ name, probe, series, as });
const level = lineAs("level");
const rate = lineAs("rate");
const share = lineAs("cpu-share");

/** Pictures of plain series, in the order in which they are shown. A probe without data gives none. */
export const PANELS: readonly PanelDefinition[] = [
  {
    id: "wal",
    title: "WAL generated",
    unit: "bytes/s",
    stacked: false,
    lines: [rate("WAL", "pg-wal", "lsnBytes")],
  },
  {
    id: "checkpoints",
    title: "Dirty buffers written",
    unit: "per s",
    stacked: false,
    lines: [
      rate("by checkpoints", "pg-checkpoints", "buffersWritten"),
      rate("by the background writer", "pg-bgwriter", "buffersClean"),
      rate("by backends", "pg-bgwriter", "buffersBackend"),
      { ...rate("by backends", "pg-io", "writes"), keys: /^client backend\/relation\// },
    ],
  },
  {
    id: "io",
    title: "I/O operations of PostgreSQL",
    unit: "per s",
    stacked: false,
    lines: [
      { ...rate("reads", "pg-io", "reads"), keys: /\/relation\// },
      { ...rate("writes and extends", "pg-io", "writes", "extends"), keys: /\/relation\// },
      rate("fsyncs", "pg-io", "fsyncs"),
    ],
  },
  {
    id: "wal-io",
    title: "WAL writes and syncs",
    unit: "per s",
    stacked: false,
    lines: [rate("writes", "pg-wal", "walWrites"), rate("syncs", "pg-wal", "walSyncs")],
  },
  {
    id: "cpu",
    title: "CPU of the machine",
    unit: "ratio",
    stacked: true,
    lines: [
      share("programs", "host-cpu", "userMs", "niceMs"),
      share("kernel", "host-cpu", "systemMs"),
      share("interrupts", "host-cpu", "irqMs", "softirqMs"),
      share("idle, waiting for a disk", "host-cpu", "iowaitMs"),
      share("taken by other machines", "host-cpu", "stealMs"),
    ],
  },
  {
    id: "disk",
    title: "Disks: bytes",
    unit: "bytes/s",
    stacked: false,
    lines: [rate("read", "host-disk", "readBytes"), rate("written", "host-disk", "writtenBytes")],
  },
  {
    id: "disk-operations",
    title: "Disks: operations",
    unit: "per s",
    stacked: false,
    lines: [
      rate("reads", "host-disk", "reads"),
      rate("writes", "host-disk", "writes"),
      rate("cache flushes", "host-disk", "flushes"),
    ],
  },
  {
    id: "memory",
    title: "Memory of the machine",
    unit: "bytes",
    stacked: false,
    lines: [
      level("available", "host-memory", "availableBytes"),
      level("page cache", "host-memory", "cachedBytes"),
      level("dirty and in writeback", "host-memory", "dirtyBytes", "writebackBytes"),
    ],
  },
];
