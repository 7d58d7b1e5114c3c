import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { NOT_A_MONITOR_SESSION } from "../lib/monitor-sessions.ts";
import { mayReadAllStatistics } from "../lib/statistics-privilege.ts";

/** Null where any client session is masked: what is not shown is not zero. */
const seen = (expression: string) =>
  `case when not coalesce(bool_or(masked), false) then ${expression} end`;
/** Null where any process at all is masked: background processes belong to no role. */
const processes = (type: string) =>
  `case when not coalesce(bool_or(is_masked), false) then count(*) filter (where backend_type = '${type}') end`;
const inState = (state: string) => seen(`count(*) filter (where is_client and state = '${state}')`);
const oldestMs = (column: string, where: string) =>
  seen(
    `coalesce(max(extract(epoch from clock_timestamp() - ${column}) * 1000) filter (where ${where}), 0)`,
  );

/** Sessions whose snapshot keeps no dead rows from being removed. */
const VACUUM = "select pid from pg_stat_get_progress_info('VACUUM')";

const HIDDEN = "Null where the role does not see the sessions of others (it lacks pg_monitor).";
const gauge = (unit: "count" | "ms" | "ratio", doc: string) =>
  ({ unit, kind: "gauge", doc }) as const;

const probe = defineSqlProbe({
  id: "pg-activity",
  summary: "Sessions by state, the oldest transaction, and how full the connection slots are.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW",
  series: {
    sessions: gauge("count", "Client sessions of all databases without the observer's own."),
    active: gauge("count", `Client sessions that run a statement. ${HIDDEN}`),
    idle: gauge("count", `Client sessions that wait for a statement. ${HIDDEN}`),
    idleInTransaction: gauge(
      "count",
      `Client sessions that wait inside an open transaction. ${HIDDEN}`,
    ),
    idleInTransactionAborted: gauge(
      "count",
      `The same, in a transaction that has failed. ${HIDDEN}`,
    ),
    oldestXactAgeMs: gauge("ms", `Age of the oldest client transaction; 0 without one. ${HIDDEN}`),
    oldestWritingXactAgeMs: gauge(
      "ms",
      `The same of those that have written, prepared ones too: they have a transaction id. ${HIDDEN}`,
    ),
    oldestActiveAgeMs: gauge("ms", `Age of the oldest running statement; 0 without one. ${HIDDEN}`),
    oldestIdleInTransactionAgeMs: gauge(
      "ms",
      `Longest time that a session has been idle in a transaction; 0 without one. ${HIDDEN}`,
    ),
    oldestXminAge: gauge(
      "count",
      "Transactions since the oldest snapshot that a session, slot or prepared transaction holds; dead rows after it stay. 0 without one. Neither what a logical slot holds of the catalogs nor vacuum's own snapshot counts.",
    ),
    preparedTransactions: gauge("count", "Prepared transactions that wait for their end."),
    parallelWorkers: gauge("count", `Processes that help a parallel query. ${HIDDEN}`),
    autovacuumWorkers: gauge("count", `Autovacuum workers at work. ${HIDDEN}`),
    walSenders: gauge("count", `Replication connections. ${HIDDEN}`),
    connections: gauge(
      "count",
      "All client sessions, the observer's too: what counts against max_connections.",
    ),
    maxConnections: gauge("count", "The setting max_connections."),
    connectionsShare: gauge("ratio", "connections / maxConnections."),
  },
  variants: [
    {
      requires: {
        pg_stat_get_activity: [
          "state",
          "backend_type",
          "backend_xid",
          "backend_xmin",
          "xact_start",
        ],
        pg_prepared_xact: ["transaction", "prepared"],
      },
      sql: `
with prepared as materialized (
  select count(*) as transactions, max(age(transaction)) as age,
         coalesce(max(extract(epoch from clock_timestamp() - prepared) * 1000), 0) as age_ms
    from pg_prepared_xact()
), vacuum as materialized (
  ${VACUUM}
), session as materialized (
  select pid, state, backend_type, xact_start, query_start, state_change, backend_xid, backend_xmin,
         ${NOT_A_MONITOR_SESSION} as is_load,
         query = '<insufficient privilege>' as is_masked,
         datid is not null and usesysid is not null and query = '<insufficient privilege>' as masked
    from pg_stat_get_activity(null)
), counted as (
  select *, is_load and (backend_type = 'client backend' or masked) as is_client from session
)
select count(*) filter (where is_client) as "sessions",
       ${inState("active")} as "active",
       ${inState("idle")} as "idle",
       ${inState("idle in transaction")} as "idleInTransaction",
       ${inState("idle in transaction (aborted)")} as "idleInTransactionAborted",
       ${oldestMs("xact_start", "is_client")} as "oldestXactAgeMs",
       greatest(${oldestMs("xact_start", "is_client and backend_xid is not null")},
         (select age_ms from prepared)) as "oldestWritingXactAgeMs",
       ${oldestMs("query_start", "is_client and state = 'active'")} as "oldestActiveAgeMs",
       ${oldestMs("state_change", "is_client and state like 'idle in transaction%'")}
         as "oldestIdleInTransactionAgeMs",
       coalesce(greatest(
         max(age(backend_xmin)) filter (where is_load and pid not in (select pid from vacuum)),
         (select max(age(xmin)) from pg_get_replication_slots()),
         (select age from prepared)), 0) as "oldestXminAge",
       (select transactions from prepared) as "preparedTransactions",
       ${processes("parallel worker")} as "parallelWorkers",
       ${processes("autovacuum worker")} as "autovacuumWorkers",
       ${processes("walsender")} as "walSenders",
       count(*) filter (where backend_type = 'client backend' or masked) as "connections",
       current_setting('max_connections')::int as "maxConnections",
       count(*) filter (where backend_type = 'client backend' or masked)
         / current_setting('max_connections')::float8 as "connectionsShare"
  from counted`,
    },
  ],
  otherwise: "pg_stat_get_activity() lacks columns that sessions are counted by.",
});

/** Sessions by state; the load's are counted, the observer's own are not. */
export const pgActivity: Probe = {
  ...probe,
  async open(context) {
    if (!(await mayReadAllStatistics(context))) {
      context.missing(
        "The sessions of other roles are hidden. The role lacks pg_read_all_stats: grant it pg_monitor.",
        "privilege",
      );
    }
    return probe.open(context);
  },
};
