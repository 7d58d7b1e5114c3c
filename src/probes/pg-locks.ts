import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { openWithAllStatistics } from "../lib/statistics-privilege.ts";

/** Series by the lock's name as a wait event. */
const KINDS = {
  waitingTransactionId: ["transactionid", "the end of a transaction that changed the same row"],
  waitingTuple: ["tuple", "their turn at a row that others wait for too"],
  waitingRelation: ["relation", "a table or index"],
  waitingExtend: ["extend", "their turn to make a relation longer"],
  waitingAdvisory: ["advisory", "an advisory lock"],
  waitingVirtualXid: ["virtualxid", "another session's transaction to end"],
  waitingObject: ["object", "another database object"],
} as const;

const gauge = (unit: "count" | "ms", doc: string) => ({ unit, kind: "gauge", doc }) as const;
const names = Object.values(KINDS).map(([name]) => `'${name}'`);

const counts = `count(*) as "waiting",
       ${Object.entries(KINDS)
         .map(([series, [name]]) => `count(*) filter (where wait_event = '${name}') as "${series}"`)
         .join(",\n       ")},
       count(*) filter (where wait_event not in (${names.join(", ")})) as "waitingOther"`;
const from = "from pg_stat_get_activity(null) where wait_event_type = 'Lock'";

const probe = defineSqlProbe({
  id: "pg-locks",
  summary: "Sessions that wait for a lock, by what is locked. Who blocks them is in pg-blocking.",
  source: "https://www.postgresql.org/docs/current/view-pg-locks.html",
  series: {
    waiting: gauge("count", "Processes that wait for any heavyweight lock."),
    ...Object.fromEntries(
      Object.entries(KINDS).map(([series, [, what]]) => [
        series,
        gauge("count", `Wait for ${what}.`),
      ]),
    ),
    waitingOther: gauge("count", "Wait for a lock of another kind."),
    maxWaitMs: gauge(
      "ms",
      "How long the longest of them has waited; 0 where none waits. Null before PostgreSQL 14.",
    ),
  },
  variants: [
    {
      requires: { pg_locks: ["waitstart"], pg_stat_get_activity: ["wait_event_type"] },
      // pg_locks visits every partition of the lock table, so it is read only while someone waits.
      sql: `select ${counts},
       case when count(*) = 0 then 0 else
         coalesce((select extract(epoch from clock_timestamp() - min(waitstart)) * 1000
                     from pg_locks where not granted), 0) end as "maxWaitMs"
  ${from}`,
    },
    {
      requires: { pg_stat_get_activity: ["wait_event_type"] },
      sql: `select ${counts} ${from}`,
    },
  ],
  otherwise: "pg_stat_get_activity() lacks wait events.",
});

/** Sessions that wait for locks. */
export const pgLocks: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open(context),
    "Which sessions of other roles wait for locks is hidden.",
  ),
};
