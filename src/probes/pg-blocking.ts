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

const probe = defineSqlProbe({
  id: "pg-blocking",
  summary: `Sessions that block others and wait for no lock themselves. Key: process id (\`0\`: a prepared transaction). The ${WAITERS_MAX} longest waits are followed to their root.`,
  source:
    "https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION-TABLE",
  keyed: true,
  series: {
    blocked: {
      unit: "count",
      kind: "gauge",
      doc: "Sessions that wait for this one, directly or behind another.",
    },
    longestWaitMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Age of the oldest statement that waits for it: at most so long has it waited.",
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
    {
      requires: {
        pg_stat_get_activity: ["wait_event_type", "xact_start", "state_change", "query"],
      },
      sql: `
with recursive waiter as materialized (
  select pid, clock_timestamp() - query_start as waited from pg_stat_get_activity(null)
   where wait_event_type = 'Lock' and backend_type <> 'walsender'
   order by query_start limit ${WAITERS_MAX}
), edge as materialized (
  select distinct w.pid as waiter, w.waited, b.pid as blocker
    from waiter w, unnest(pg_blocking_pids(w.pid)) as b(pid) where b.pid <> w.pid
), path as (
  select waiter, waited, blocker from edge
  union
  select p.waiter, p.waited, e.blocker from path p join edge e on e.waiter = p.blocker
), root as materialized (
  select blocker as pid, count(distinct waiter) as blocked, max(waited) as waited
    from path where blocker not in (select waiter from edge) group by 1
)
select r.pid as key, r.blocked, extract(epoch from r.waited) * 1000 as "longestWaitMs",
       extract(epoch from clock_timestamp() - a.xact_start) * 1000 as "xactAgeMs",
       extract(epoch from clock_timestamp() - a.state_change) * 1000 as "stateAgeMs",
       (a.state like 'idle in transaction%')::int as "isIdleInTransaction",
       coalesce(a.query, 'a prepared transaction') as label_query,
       coalesce(a.state, a.backend_type, '') as label_state,
       coalesce(a.application_name, '') as label_application
  from root r left join pg_stat_get_activity(null) a on a.pid = r.pid`,
    },
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

/** The roots of the blocking tree. */
export const pgBlocking: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open({ ...context, connection: withoutLiterals(context.connection) }),
    "What blocks the sessions of other roles is hidden.",
  ),
};
