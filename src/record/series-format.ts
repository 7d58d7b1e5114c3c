/** What a series counts. `text` is for labels. */
export type SeriesUnit = "count" | "bytes" | "ms" | "ratio" | "tps" | "text";

/** `counter` only grows but for a reset; `gauge` is a level. */
export interface SeriesInfo {
  readonly unit: SeriesUnit;
  readonly kind: "counter" | "gauge";
  readonly doc: string;
}

/** First line of a series file: what its samples mean. */
export interface SeriesHeader {
  readonly probe: string;
  readonly summary: string;
  readonly source: string;
  readonly everyMs: number;
  /** True where a sample has a set of readings per key (wait event, table, statement). */
  readonly keyed: boolean;
  readonly series: Readonly<Record<string, SeriesInfo>>;
}

/** One sample's values by the name of their series; `null`: asked, and not answered. */
export type Readings = Readonly<Record<string, number | null>>;

/** The machine that pgdyno itself runs on; with no other host in a record, that of the servers too. */
export const OWN_HOST = "host";

/**
 * One sample, or why there is none. `on` names the instance (`pg1`), the host (`host`, or one of the
 * manifest's hosts), or `generator`.
 *
 * In a keyed sample a key that is absent read as nothing there (zero sessions waited), not as a gap.
 * `labels` carry texts of keys (the query of a statement), each given once, before or with its sample.
 */
export type SeriesLine =
  | { readonly t: number; readonly on: string; readonly v: Readings }
  | { readonly t: number; readonly on: string; readonly k: Readonly<Record<string, Readings>> }
  | { readonly t: number; readonly on: string; readonly gap: string }
  | {
      readonly on: string;
      readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };

/** What every workload reports each second, keyed by script; `t` is the end of the second. */
export const LOAD_HEADER = {
  probe: "load",
  summary: "What the load generator saw, second by second.",
  source: "the workload's own count",
  everyMs: 1000,
  keyed: true,
  series: {
    transactions: { unit: "count", kind: "gauge", doc: "Acknowledged in this interval." },
    failed: { unit: "count", kind: "gauge", doc: "Ended in an error." },
    skipped: { unit: "count", kind: "gauge", doc: "Open loop: not sent, since already too late." },
    retried: {
      unit: "count",
      kind: "gauge",
      doc: "Tried again after a serialization failure or deadlock.",
    },
    unknown: { unit: "count", kind: "gauge", doc: "Sent, and the answer was lost." },
    intervalMs: { unit: "ms", kind: "gauge", doc: "Length of this interval." },
  },
} as const satisfies SeriesHeader;

/** Where the WAL is, read quickly while a ceiling is measured. */
export const WAL_PROGRESS_HEADER = {
  probe: "wal-progress",
  summary:
    "How far the WAL is written, archived, received and replayed, while a ceiling is measured.",
  source:
    "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-BACKUP, pg_stat_archiver",
  everyMs: 50,
  keyed: false,
  series: {
    flushedLsnBytes: {
      unit: "bytes",
      kind: "counter",
      doc: "Primary: durable WAL. Standby: received and durable.",
    },
    replayedLsnBytes: { unit: "bytes", kind: "counter", doc: "Null on the primary." },
    archivedLsnBytes: {
      unit: "bytes",
      kind: "counter",
      doc: "End of the last archived segment. Null where none was archived, and on a standby.",
    },
    archived: { unit: "count", kind: "counter", doc: "Files archived. Null on a standby." },
    lastArchivedAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Time since a file was archived. Null where none ever was, and on a standby.",
    },
    roomBytes: {
      unit: "bytes",
      kind: "gauge",
      doc: "Free on the volume of the primary's WAL, and in segments that are ready for it already; read from its folder, some times a second.",
    },
  },
} as const satisfies SeriesHeader;

/** The load generator itself, second by second; `null` where it cannot tell. */
export const GENERATOR_HEADER = {
  probe: "generator",
  summary: "The load generator itself, second by second.",
  source: "the workload's own count",
  everyMs: 1000,
  keyed: false,
  series: {
    eventLoopDelayMsP99: {
      unit: "ms",
      kind: "gauge",
      doc: "p99 of its event loop's delay; null for a generator without one.",
    },
    cores: {
      unit: "count",
      kind: "gauge",
      doc: "Cores it used, user and system; null where not readable.",
    },
    offeredTps: {
      unit: "tps",
      kind: "gauge",
      doc: "Open loop: transactions per second that fell due; absent where the generator does not tell.",
    },
  },
} as const satisfies SeriesHeader;

/** Each worker that carries a part of the load, keyed by its name; `null` in a second of which it did not tell. */
export const WORKERS_HEADER = {
  probe: "load-workers",
  summary: "Each worker that carries a part of the load, second by second.",
  source: "the workload's own count",
  everyMs: 1000,
  keyed: true,
  series: {
    cores: GENERATOR_HEADER.series.cores,
    eventLoopDelayMsP99: GENERATOR_HEADER.series.eventLoopDelayMsP99,
  },
} as const satisfies SeriesHeader;
