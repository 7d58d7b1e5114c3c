import { defineSqlProbe } from "../contracts/probe.ts";

const counter = (unit: "count" | "ms" | "bytes", doc: string) =>
  ({ unit, kind: "counter", doc: `${doc} Null where this kind of I/O does not do that.` }) as const;

/** WAL has a timing setting of its own, and zero means "not timed" while it is off. */
const timed = (column: string) =>
  `case when current_setting(case object when 'wal' then 'track_wal_io_timing' else 'track_io_timing' end)::boolean
            then ${column} end`;
const COUNTS = `reads, writes, extends, fsyncs, hits, evictions, reuses, writebacks,
       ${timed("read_time")} as "readMs", ${timed("write_time")} as "writeMs",
       ${timed("extend_time")} as "extendMs", ${timed("fsync_time")} as "fsyncMs",
       ${timed("writeback_time")} as "writebackMs"`;
const KEY = `backend_type || '/' || object || '/' || context as key`;
/** Combinations that never happened are left out: an absent key is zero. */
const USED =
  "coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(fsyncs, 0) + coalesce(hits, 0) > 0";
const TIMING = "Null while track_io_timing (for WAL track_wal_io_timing) is off.";

/** I/O by who did it, on what, and in which context. */
export const pgIo = defineSqlProbe({
  id: "pg-io",
  summary:
    "I/O by process, object and context. Key: `backend_type/object/context`, e.g. `client backend/relation/normal`.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-IO-VIEW",
  // Some thirty rows of seventeen columns: the dearest of the steady probes to read.
  everyMs: 2000,
  keyed: true,
  series: {
    reads: counter("count", "Read operations."),
    readBytes: counter("bytes", "Read."),
    readMs: counter("ms", `Time of reads. ${TIMING}`),
    writes: counter("count", "Write operations."),
    writeBytes: counter("bytes", "Written."),
    writeMs: counter("ms", `Time of writes. ${TIMING}`),
    extends: counter("count", "Times that a relation was made longer."),
    extendBytes: counter("bytes", "Added to relations."),
    extendMs: counter("ms", `Time of extends. ${TIMING}`),
    fsyncs: counter("count", "fsync calls; in the context normal only."),
    fsyncMs: counter("ms", `Time of fsyncs. ${TIMING}`),
    writebacks: counter("count", "Blocks that the kernel was asked to write out."),
    writebackMs: counter("ms", `Time of those requests. ${TIMING}`),
    hits: counter("count", "Blocks found in shared buffers."),
    evictions: counter("count", "Blocks thrown out to make a buffer free."),
    reuses: counter("count", "Buffers of a ring used again."),
  },
  variants: [
    {
      requires: { pg_stat_get_io: ["read_bytes", "write_bytes", "extend_bytes"] },
      sql: `select ${KEY}, ${COUNTS}, read_bytes as "readBytes", write_bytes as "writeBytes",
       extend_bytes as "extendBytes"
  from pg_stat_get_io() where ${USED}`,
    },
    {
      requires: { pg_stat_get_io: ["op_bytes"] },
      sql: `select ${KEY}, ${COUNTS}, reads * op_bytes as "readBytes", writes * op_bytes as "writeBytes",
       extends * op_bytes as "extendBytes"
  from pg_stat_get_io() where ${USED}`,
    },
  ],
  otherwise: "pg_stat_io came with PostgreSQL 16: I/O by process is not known.",
});
