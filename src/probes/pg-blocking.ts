import { defineSqlProbe, type MonitorConnection, type Probe } from "../contracts/probe.ts";
import { normaliseQueryText } from "../lib/query-text.ts";
import { openWithAllStatistics } from "../lib/statistics-privilege.ts";

/**
 * `pg_blocking_pids` holds up the lock manager for a moment on each call, so only this many of the
 * waiting sessions are asked about, longest waits first.
 *
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION
 */
const WAITERS_MAX = 32;

/** How long each waits: by the lock table, which is visited only while somebody waits, or by its statement. */
const WAITED = {
  byLock: "coalesce(clock_timestamp() - since, interval '0')",
  byStatement: "clock_timestamp() - query_start",
};
const LOCK = `lock as materialized (
  select pid, min(waitstart) as since from pg_locks
   where not granted and exists (select from session) group by 1
), `;

const sql = (waited: keyof typeof WAITED) => `
with recursive session as materialized (
  select pid, wait_event, query_start from pg_stat_get_activity(null)
   where wait_event_type = 'Lock' and backend_type <> 'walsender'
   order by query_start limit ${WAITERS_MAX}
), ${waited === "byLock" ? LOCK : ""}waiter as materialized (
  select pid, wait_event, ${WAITED[waited]} as waited
    from session${waited === "byLock" ? " left join lock using (pid)" : ""}
), edge as materialized (
  select distinct w.pid as waiter, w.waited, b.pid as blocker
    from waiter w, unnest(pg_blocking_pids(w.pid)) as b(pid) where b.pid <> w.pid
), path as (
  select waiter, waited, blocker from edge
  union
  select p.waiter, p.waited, e.blocker from path p join edge e on e.waiter = p.blocker
), root as materialized (
  select blocker as pid, null::int as behind, count(distinct waiter) as blocked, max(waited) as waited
    from path where blocker not in (select waiter from edge) group by 1
), queue as materialized (
  select w.pid, min(r.pid) as behind, count(distinct q.waiter) as blocked, max(q.waited) as waited
    from root r join edge e on e.blocker = r.pid
    join waiter w on w.pid = e.waiter and w.wait_event = 'relation'
    join path q on q.blocker = w.pid
   where not exists (select from edge d where d.waiter = q.waiter and d.blocker = r.pid)
   group by 1
)
select h.pid as key, h.blocked, h.behind as "waitsForPid",
       extract(epoch from h.waited) * 1000 as "longestWaitMs",
       extract(epoch from clock_timestamp() - a.xact_start) * 1000 as "xactAgeMs",
       extract(epoch from clock_timestamp() - a.state_change) * 1000 as "stateAgeMs",
       (a.state like 'idle in transaction%')::int as "isIdleInTransaction",
       coalesce(a.query, 'a prepared transaction') as label_query,
       coalesce(a.state, a.backend_type, '') as label_state,
       coalesce(a.application_name, '') as label_application
  from (select * from root union all select * from queue) as h
  left join pg_stat_get_activity(null) a on a.pid = h.pid`;

const requires = {
  pg_stat_get_activity: ["wait_event_type", "xact_start", "state_change", "query"],
};

const probe = defineSqlProbe({
  id: "pg-blocking",
  summary: `Sessions that block others and wait for no lock themselves, and those that wait for one of them and hold up sessions that it would let pass (an \`ALTER TABLE\` in the queue). Key: process id (\`0\`: a prepared transaction). The ${WAITERS_MAX} longest waits are followed to their root.`,
  source:
    "https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION-TABLE",
  keyed: true,
  series: {
    blocked: {
      unit: "count",
      kind: "gauge",
      doc: "Sessions that wait for this one, directly or behind another; of one that waits itself, those that wait for it and not for its own blocker.",
    },
    waitsForPid: {
      unit: "count",
      kind: "gauge",
      doc: "Process id of its own blocker. Null where it waits for no lock.",
    },
    longestWaitMs: {
      unit: "ms",
      kind: "gauge",
      doc: "How long the one that has waited longest for it has waited. Before PostgreSQL 14 the age of that one's statement: at most so long.",
    },
    xactAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Age of the blocker's transaction. Null where it has none that is known.",
    },
    stateAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Time since the blocker last changed between running and idle. Null where not known.",
    },
    isIdleInTransaction: {
      unit: "count",
      kind: "gauge",
      doc: "1 where it is idle in a transaction: its client is to blame, not the server. Null where not known.",
    },
  },
  variants: [
    { requires: { ...requires, pg_locks: ["waitstart"] }, sql: sql("byLock") },
    { requires, sql: sql("byStatement") },
  ],
  otherwise: "pg_stat_get_activity() lacks the columns that blockers are told from.",
});

/** The same connection, but texts of statements lose their literals before anyone keeps them. */
function withoutLiterals(connection: MonitorConnection): MonitorConnection {
  return {
    hasColumns: (relation, columns) => connection.hasColumns(relation, columns),
    query: async (sql) =>
      (await connection.query(sql)).map((row) =>
        "label_query" in row
          ? { ...row, label_query: normaliseQueryText(String(row["label_query"])) }
          : row,
      ),
  };
}

/** The roots of the blocking tree, and strong locks that wait right behind them. */
export const pgBlocking: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open({ ...context, connection: withoutLiterals(context.connection) }),
    "What blocks the sessions of other roles is hidden.",
  ),
};
