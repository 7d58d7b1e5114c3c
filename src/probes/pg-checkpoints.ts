import { defineSqlProbe } from "../contracts/probe.ts";

const counter = (unit: "count" | "ms" | "bytes", doc: string) =>
  ({ unit, kind: "counter", doc }) as const;
const SINCE_17 = "Null before PostgreSQL 17.";

const CONTROL = `c.checkpoint_lsn - '0/0'::pg_lsn as "lastCheckpointLsnBytes",
       c.redo_lsn - '0/0'::pg_lsn as "lastRedoLsnBytes",
       extract(epoch from c.checkpoint_time) * 1000 as "lastCheckpointEpochMs"`;
const SINCE_17_COLUMNS = `num_timed as "timed", num_requested as "requested",
       restartpoints_timed as "restartpointsTimed", restartpoints_req as "restartpointsRequested",
       restartpoints_done as "restartpointsDone", write_time as "writeMs", sync_time as "syncMs",
       buffers_written as "buffersWritten"`;

/** Checkpoints so far, by what set them off. A crash sets the counters back to zero. */
export const pgCheckpoints = defineSqlProbe({
  id: "pg-checkpoints",
  summary: "Checkpoints, split by trigger: the clock, or the amount of WAL (or a request).",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-CHECKPOINTER-VIEW",
  series: {
    timed: counter("count", "Set off by checkpoint_timeout; skipped ones count too."),
    requested: counter("count", "Set off by max_wal_size or by hand."),
    done: counter("count", "Checkpoints that were completed. Null before PostgreSQL 18."),
    restartpointsTimed: counter("count", `Restartpoints set off by the clock. ${SINCE_17}`),
    restartpointsRequested: counter("count", `Restartpoints requested. ${SINCE_17}`),
    restartpointsDone: counter("count", `Restartpoints that were completed. ${SINCE_17}`),
    writeMs: counter("ms", "Time of the phase that writes files; it grows when the phase ends."),
    syncMs: counter("ms", "Time of the phase that syncs files; it grows when the phase ends."),
    buffersWritten: counter("count", "Buffers written by checkpoints and restartpoints."),
    lastCheckpointLsnBytes: counter("bytes", "Where the record of the last checkpoint lies."),
    lastRedoLsnBytes: counter(
      "bytes",
      "Where crash recovery would begin: the start of the last checkpoint.",
    ),
    lastCheckpointEpochMs: {
      unit: "ms",
      kind: "gauge",
      doc: "When the last completed checkpoint began, UTC in whole seconds.",
    },
  },
  variants: [
    {
      requires: { pg_stat_checkpointer: ["num_done"], pg_control_checkpoint: ["redo_lsn"] },
      sql: `select ${SINCE_17_COLUMNS}, num_done as "done", ${CONTROL}
  from pg_stat_checkpointer, pg_control_checkpoint() c`,
    },
    {
      requires: { pg_stat_checkpointer: ["num_timed"], pg_control_checkpoint: ["redo_lsn"] },
      sql: `select ${SINCE_17_COLUMNS}, ${CONTROL} from pg_stat_checkpointer, pg_control_checkpoint() c`,
    },
    {
      requires: { pg_stat_bgwriter: ["checkpoints_timed"], pg_control_checkpoint: ["redo_lsn"] },
      sql: `select checkpoints_timed as "timed", checkpoints_req as "requested",
       checkpoint_write_time as "writeMs", checkpoint_sync_time as "syncMs",
       buffers_checkpoint as "buffersWritten", ${CONTROL}
  from pg_stat_bgwriter, pg_control_checkpoint() c`,
    },
  ],
  otherwise: "Neither pg_stat_checkpointer nor pg_stat_bgwriter counts checkpoints here.",
});
