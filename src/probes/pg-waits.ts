import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { NOT_A_MONITOR_SESSION } from "../lib/monitor-sessions.ts";
import { openWithAllStatistics } from "../lib/statistics-privilege.ts";

const probe = defineSqlProbe({
  id: "pg-waits",
  summary:
    "What sessions wait for. Keys: `Type:Event` or `CPU*` for statements that run (`CPU*`: on a CPU, waiting for one, or in something that the server does not name); `idle:ClientRead`, `idle in transaction:ClientRead`, `starting:…` for client sessions that run nothing; `<process>/Type:Event` or `<process>/CPU*` for every other process (checkpointer, walwriter, startup, archiver, walsender, walreceiver, autovacuum worker, parallel worker, …).",
  source: "https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE",
  everyMs: 100,
  keyed: true,
  series: {
    sessions: {
      unit: "count",
      kind: "gauge",
      doc: "Sessions or processes in that state at this instant; an absent key is none. The observer's own sessions and the two idle launchers are left out.",
    },
  },
  variants: [
    {
      requires: { pg_stat_get_activity: ["state", "backend_type", "wait_event_type"] },
      sql: `
select case
         when backend_type <> 'client backend' then
           backend_type || '/' || coalesce(wait_event_type || ':' || wait_event, 'CPU*')
         when state in ('active', 'fastpath function call') then
           coalesce(wait_event_type || ':' || wait_event, 'CPU*')
         else coalesce(state, 'starting') || ':' || coalesce(wait_event, 'CPU*')
       end as key, count(*) as sessions
  from pg_stat_get_activity(null)
 where ${NOT_A_MONITOR_SESSION}
   and backend_type not in ('logical replication launcher', 'autovacuum launcher')
 group by 1`,
    },
  ],
  otherwise: "pg_stat_get_activity() lacks wait events.",
});

/** Samples of wait events, ten a second: shares need many samples, not exact ones. */
export const pgWaits: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open(context),
    "What sessions of other roles and background processes wait for is hidden.",
  ),
};
