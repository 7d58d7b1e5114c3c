import { defineSqlProbe, type SqlVariant } from "../contracts/probe.ts";

const NOT_STANDBY = "Null on a server that is not in recovery.";
const conflict = (doc: string) =>
  ({ unit: "count", kind: "counter", doc: `Queries cancelled by recovery: ${doc}.` }) as const;

const CONFLICTS = `
       sum(confl_tablespace) as "conflictTablespace", sum(confl_lock) as "conflictLock",
       sum(confl_snapshot) as "conflictSnapshot", sum(confl_bufferpin) as "conflictBufferPin",
       sum(confl_deadlock) as "conflictDeadlock"`;
const STATE = `
       pg_is_in_recovery()::int as "isInRecovery",
       pg_last_wal_receive_lsn() - '0/0'::pg_lsn as "receiveLsnBytes",
       case when pg_is_in_recovery() then pg_last_wal_replay_lsn() - '0/0'::pg_lsn end
         as "replayLsnBytes",
       case when pg_is_in_recovery() then
         extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 end
         as "replayedXactAgeMs"`;
const PAUSE = `
       case when pg_is_in_recovery() then
         case pg_get_wal_replay_pause_state() when 'paused' then 2 when 'pause requested' then 1
                                              else 0 end end as "pauseState"`;
const PREFETCH = `
       case when pg_is_in_recovery() then max(p.prefetch) end as "prefetched",
       case when pg_is_in_recovery() then max(p.hit) end as "prefetchHits",
       case when pg_is_in_recovery() then max(p.wal_distance) end as "prefetchDistanceBytes"`;

const variants: readonly SqlVariant[] = [
  {
    requires: {
      pg_stat_get_recovery_prefetch: ["prefetch", "hit", "wal_distance"],
      pg_stat_database_conflicts: ["confl_active_logicalslot"],
      pg_get_wal_replay_pause_state: [],
    },
    sql: `select ${STATE},${PAUSE},${CONFLICTS},
       sum(confl_active_logicalslot) as "conflictLogicalSlot",${PREFETCH}
  from pg_stat_database_conflicts, pg_stat_get_recovery_prefetch() p`,
  },
  {
    requires: {
      pg_stat_get_recovery_prefetch: ["prefetch", "hit", "wal_distance"],
      pg_get_wal_replay_pause_state: [],
    },
    sql: `select ${STATE},${PAUSE},${CONFLICTS},${PREFETCH}
  from pg_stat_database_conflicts, pg_stat_get_recovery_prefetch() p`,
  },
  {
    requires: { pg_get_wal_replay_pause_state: [] },
    sql: `select ${STATE},${PAUSE},${CONFLICTS} from pg_stat_database_conflicts`,
  },
  {
    requires: { pg_stat_database_conflicts: ["confl_snapshot"] },
    sql: `select ${STATE},
       case when pg_is_in_recovery() then 2 * pg_is_wal_replay_paused()::int end as "pauseState",
       ${CONFLICTS} from pg_stat_database_conflicts`,
  },
];

/** Replay on a standby. */
export const pgRecovery = defineSqlProbe({
  id: "pg-recovery",
  summary: "How far a standby has replayed, whether it is paused, and the queries it cancelled.",
  source:
    "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-INFO-TABLE",
  series: {
    isInRecovery: { unit: "count", kind: "gauge", doc: "1 on a standby, 0 on a primary." },
    receiveLsnBytes: {
      unit: "bytes",
      kind: "counter",
      doc: "WAL received by streaming and flushed. Null where nothing was ever streamed here.",
    },
    replayLsnBytes: { unit: "bytes", kind: "counter", doc: `WAL replayed. ${NOT_STANDBY}` },
    replayedXactAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: `Age of the last replayed commit. It grows without any lag while the primary is idle. ${NOT_STANDBY}`,
    },
    pauseState: {
      unit: "count",
      kind: "gauge",
      doc: `0 not paused, 1 pause requested, 2 paused. ${NOT_STANDBY}`,
    },
    conflictTablespace: conflict("a tablespace was dropped"),
    conflictLock: conflict("a lock was needed"),
    conflictSnapshot: conflict("rows that they saw were removed"),
    conflictBufferPin: conflict("a buffer was pinned"),
    conflictDeadlock: conflict("a deadlock"),
    conflictLogicalSlot: {
      ...conflict("a logical slot was in the way"),
      doc: "Logical slots invalidated by recovery. Null before PostgreSQL 16.",
    },
    prefetched: {
      unit: "count",
      kind: "counter",
      doc: `Blocks prefetched ahead of replay. ${NOT_STANDBY} Null before PostgreSQL 15.`,
    },
    prefetchHits: {
      unit: "count",
      kind: "counter",
      doc: `Blocks not prefetched since they were in shared buffers. ${NOT_STANDBY} Null before PostgreSQL 15.`,
    },
    prefetchDistanceBytes: {
      unit: "bytes",
      kind: "gauge",
      doc: `How far ahead the prefetcher looks. ${NOT_STANDBY} Null before PostgreSQL 15.`,
    },
  },
  variants,
  otherwise: "pg_stat_database_conflicts lacks the columns that are read.",
});
