import { defineSqlProbe } from "../contracts/probe.ts";

const counter = (doc: string) => ({ unit: "count", kind: "counter", doc }) as const;

/** The background writer, and how often backends had to do its work. */
export const pgBgwriter = defineSqlProbe({
  id: "pg-bgwriter",
  summary: "Buffers cleaned by the background writer, and buffers that backends had to write.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-BGWRITER-VIEW",
  everyMs: 5000,
  series: {
    buffersClean: counter("Buffers written by the background writer."),
    maxWrittenClean: counter("Times that it stopped since bgwriter_lru_maxpages was reached."),
    buffersAlloc: counter("Buffers handed out."),
    buffersBackend: counter("Buffers written by backends. Null since PostgreSQL 17: see pg-io."),
    buffersBackendFsync: counter(
      "fsyncs that backends did themselves. Null since PostgreSQL 17: see pg-io.",
    ),
  },
  variants: [
    {
      requires: { pg_stat_bgwriter: ["buffers_backend", "buffers_backend_fsync"] },
      sql: `select buffers_clean as "buffersClean", maxwritten_clean as "maxWrittenClean",
       buffers_alloc as "buffersAlloc", buffers_backend as "buffersBackend",
       buffers_backend_fsync as "buffersBackendFsync" from pg_stat_bgwriter`,
    },
    {
      requires: { pg_stat_bgwriter: ["buffers_clean"] },
      sql: `select buffers_clean as "buffersClean", maxwritten_clean as "maxWrittenClean",
       buffers_alloc as "buffersAlloc" from pg_stat_bgwriter`,
    },
  ],
  otherwise: "pg_stat_bgwriter lacks the columns that are read.",
});
