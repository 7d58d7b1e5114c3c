/** How a line of a panel comes out of series of a probe. */
export interface PanelLine {
  readonly name: string;
  readonly probe: string;
  /** Series that are added up; those that are absent are left out. */
  readonly series: readonly string[];
  /** A counter is drawn as growth per second. */
  readonly as: "level" | "rate";
  /** Multiplied in: `-1` never, `0.001` for milliseconds per second as a share of a core. */
  readonly factor?: number;
}

export interface PanelDefinition {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly stacked: boolean;
  readonly lines: readonly PanelLine[];
}

const rate = (name: string, probe: string, ...series: string[]): PanelLine => ({
  name,
  probe,
  series,
  as: "rate",
});
const level = (name: string, probe: string, ...series: string[]): PanelLine => ({
  name,
  probe,
  series,
  as: "level",
});

/** Pictures made of plain series, in the order in which they are shown. A probe without data gives none. */
export const PANELS: readonly PanelDefinition[] = [
  {
    id: "wal",
    title: "WAL written",
    unit: "bytes/s",
    stacked: false,
    lines: [rate("WAL", "pg-wal", "bytes")],
  },
  {
    id: "checkpoints",
    title: "Checkpoints: buffers written",
    unit: "per s",
    stacked: false,
    lines: [
      rate("by checkpoints", "pg-checkpoints", "buffersWritten"),
      rate("by the background writer", "pg-checkpoints", "buffersClean"),
      rate("by backends", "pg-checkpoints", "buffersBackend"),
    ],
  },
  {
    id: "io",
    title: "I/O of PostgreSQL",
    unit: "per s",
    stacked: false,
    lines: [
      rate("reads", "pg-io", "reads"),
      rate("writes", "pg-io", "writes"),
      rate("fsyncs", "pg-io", "fsyncs"),
    ],
  },
  {
    id: "cpu",
    title: "CPU of the machine",
    unit: "ratio",
    stacked: true,
    lines: [
      level("user", "host-cpu", "user"),
      level("system", "host-cpu", "system"),
      level("waiting for I/O", "host-cpu", "iowait"),
      level("stolen", "host-cpu", "steal"),
    ],
  },
  {
    id: "disk",
    title: "Disk",
    unit: "bytes/s",
    stacked: false,
    lines: [rate("read", "host-disk", "readBytes"), rate("written", "host-disk", "writtenBytes")],
  },
  {
    id: "memory",
    title: "Memory",
    unit: "bytes",
    stacked: false,
    lines: [
      level("available", "host-memory", "availableBytes"),
      level("dirty", "host-memory", "dirtyBytes"),
    ],
  },
];
