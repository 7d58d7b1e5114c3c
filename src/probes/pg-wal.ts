import { defineSqlProbe } from "../contracts/probe.ts";

const counter = (unit: "count" | "ms" | "bytes", doc: string) =>
  ({ unit, kind: "counter", doc }) as const;

/** Where this server is in the stream of WAL: written on a primary, replayed on a standby. */
const POSITION = `
       case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
         - '0/0'::pg_lsn as "lsnBytes",
       case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_flush_lsn() end
         - '0/0'::pg_lsn as "flushLsnBytes"`;
const GENERATED = `wal_records as "walRecords", wal_fpi as "walFpi", wal_bytes as "walBytes",
       wal_buffers_full as "walBuffersFull"`;
const TIMED = "current_setting('track_wal_io_timing')::boolean";
/** Other methods sync while they write, or not at all: then a count of zero says nothing. */
const SYNC_COUNTED =
  "current_setting('fsync')::boolean and current_setting('wal_sync_method') not like 'open%'";
const SYNC_NOTE = "Null with fsync off or a wal_sync_method that syncs while it writes.";
const TIMING_NOTE = "Null while track_wal_io_timing is off.";

/** The stream of WAL: how much is generated, and what writing and syncing it costs. */
export const pgWal = defineSqlProbe({
  id: "pg-wal",
  summary: "WAL generated, its position in bytes, and the writes and syncs that made it durable.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-VIEW",
  series: {
    lsnBytes: counter(
      "bytes",
      "Position in the WAL: written on a primary, replayed on a standby. Null on a server in recovery that has replayed nothing.",
    ),
    flushLsnBytes: counter(
      "bytes",
      "Position that is durable here: flushed on a primary, received and flushed on a standby. Null on a standby that streams nothing.",
    ),
    walRecords: counter("count", "WAL records generated. Null before PostgreSQL 14."),
    walFpi: counter("count", "Full-page images generated. Null before PostgreSQL 14."),
    walBytes: counter("bytes", "WAL generated. Null before PostgreSQL 14."),
    walBuffersFull: counter(
      "count",
      "WAL written since the WAL buffers were full. Null before PostgreSQL 14.",
    ),
    walWrites: counter("count", "Writes of WAL buffers to segments. Null before PostgreSQL 14."),
    walSyncs: counter("count", `Syncs of WAL segments. ${SYNC_NOTE} Null before PostgreSQL 14.`),
    walWriteMs: counter("ms", `Time of those writes. ${TIMING_NOTE}`),
    walSyncMs: counter("ms", `Time of those syncs. ${TIMING_NOTE} ${SYNC_NOTE}`),
  },
  variants: [
    {
      requires: {
        pg_stat_get_wal: [
          "wal_buffers_full",
          "wal_write",
          "wal_sync",
          "wal_write_time",
          "wal_sync_time",
        ],
      },
      sql: `select ${POSITION}, ${GENERATED},
       wal_write as "walWrites",
       case when ${SYNC_COUNTED} then wal_sync end as "walSyncs",
       case when ${TIMED} then wal_write_time end as "walWriteMs",
       case when ${TIMED} and ${SYNC_COUNTED} then wal_sync_time end as "walSyncMs"
  from pg_stat_get_wal()`,
    },
    {
      requires: {
        pg_stat_get_wal: ["wal_records", "wal_buffers_full"],
        pg_stat_get_io: ["object", "write_bytes", "fsync_time"],
      },
      sql: `select ${POSITION}, ${GENERATED},
       io.writes as "walWrites",
       case when ${SYNC_COUNTED} then io.fsyncs end as "walSyncs",
       case when ${TIMED} then io.write_time end as "walWriteMs",
       case when ${TIMED} and ${SYNC_COUNTED} then io.fsync_time end as "walSyncMs"
  from pg_stat_get_wal(),
       (select sum(writes) as writes, sum(fsyncs) as fsyncs, sum(write_time) as write_time,
               sum(fsync_time) as fsync_time
          from pg_stat_get_io() where object = 'wal' and context = 'normal') as io`,
    },
    {
      requires: { pg_stat_get_wal: ["wal_records", "wal_buffers_full"] },
      sql: `select ${POSITION}, ${GENERATED} from pg_stat_get_wal()`,
    },
    { requires: {}, sql: `select ${POSITION}` },
  ],
  otherwise: "This server shows no WAL position.",
});
