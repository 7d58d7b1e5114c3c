import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { openWithAllStatistics } from "../lib/statistics-privilege.ts";

const bytes = (doc: string) =>
  ({ unit: "bytes", kind: "gauge", doc: `${doc} Null while it has told nothing.` }) as const;
const ms = (doc: string) => ({ unit: "ms", kind: "gauge", doc }) as const;
const flag = (doc: string) =>
  ({ unit: "count", kind: "gauge", doc: `1 where ${doc}, else 0.` }) as const;

const behind = (column: string, name: string) => `position.lsn - ${column} as "${name}"`;
const lagMs = (column: string, name: string) => `extract(epoch from ${column}) * 1000 as "${name}"`;
const is = (column: string, value: string, name: string) =>
  `coalesce(${column} = '${value}', false)::int as "${name}"`;
const IDLE = "Null on an idle server, and it can keep the last quick value while a standby hangs.";

const probe = defineSqlProbe({
  id: "pg-replication",
  summary:
    "Each standby as its sender sees it. Key: `application_name/pid of the sender`; an absent key is not connected.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW",
  keyed: true,
  series: {
    sentLagBytes: bytes("WAL not yet sent."),
    writeLagBytes: bytes("WAL not yet written there."),
    flushLagBytes: bytes("WAL not yet durable there."),
    replayLagBytes: bytes("WAL not yet replayed there."),
    writeLagMs: ms(`Time until recent WAL was written there. ${IDLE}`),
    flushLagMs: ms(`Time until recent WAL was durable there. ${IDLE}`),
    replayLagMs: ms(`Time until recent WAL was replayed there. ${IDLE}`),
    replyAgeMs: ms("Time since its last message. Null where none came yet."),
    isStreaming: flag("it streams"),
    isSync: flag("it is synchronous by priority"),
    isQuorum: flag("it is one of a quorum"),
    isPotential: flag("it would become synchronous if another failed"),
    xminAge: {
      unit: "count",
      kind: "gauge",
      doc: "Transactions since the snapshot that it holds back here. Null without hot_standby_feedback.",
    },
  },
  variants: [
    {
      requires: {
        pg_stat_get_wal_senders: ["write_lag", "reply_time", "sync_state"],
        pg_stat_get_activity: ["client_addr", "backend_xmin"],
      },
      sql: `
select a.application_name || '/' || w.pid as key,
       a.application_name as label_application,
       coalesce(a.client_addr::text, 'local socket') as label_client, w.pid as label_pid,
       ${behind("sent_lsn", "sentLagBytes")}, ${behind("write_lsn", "writeLagBytes")},
       ${behind("flush_lsn", "flushLagBytes")}, ${behind("replay_lsn", "replayLagBytes")},
       ${lagMs("write_lag", "writeLagMs")}, ${lagMs("flush_lag", "flushLagMs")},
       ${lagMs("replay_lag", "replayLagMs")},
       extract(epoch from clock_timestamp() - reply_time) * 1000 as "replyAgeMs",
       ${is("w.state", "streaming", "isStreaming")}, ${is("sync_state", "sync", "isSync")},
       ${is("sync_state", "quorum", "isQuorum")}, ${is("sync_state", "potential", "isPotential")},
       age(a.backend_xmin) as "xminAge"
  from pg_stat_get_wal_senders() w cross join lateral pg_stat_get_activity(w.pid) a,
       (select case when pg_is_in_recovery()
                    then coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                    else pg_current_wal_lsn() end as lsn) as position`,
    },
  ],
  otherwise: "pg_stat_get_wal_senders() lacks the columns that are read.",
});

/** Standbys. Judge a lag by bytes and by the age of the reply: the times can stand still. */
export const pgReplication: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open(context),
    "How far standbys are behind is hidden.",
  ),
};
