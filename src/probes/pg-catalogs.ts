import { defineSqlProbe } from "../contracts/probe.ts";

/** Catalogs kept per sample: those with most dead rows. */
const CATALOGS_MAX = 8;

const gauge = (unit: "count" | "bytes" | "ms", doc: string) =>
  ({ unit, kind: "gauge", doc }) as const;

/** System catalogs of the database under test: every statement is planned with them. */
export const pgCatalogs = defineSqlProbe({
  id: "pg-catalogs",
  summary: `The ${CATALOGS_MAX} system catalogs of this database with most dead rows. Key: name of the catalog.`,
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW",
  everyMs: 5000,
  keyed: true,
  series: {
    liveRows: gauge("count", "Live rows, estimated."),
    deadRows: gauge("count", "Dead rows, estimated."),
    blocks: {
      unit: "count",
      kind: "counter",
      doc: "Blocks of the catalog and its indexes that were looked at, from shared buffers or not.",
    },
    vacuumAgeMs: gauge(
      "ms",
      "Time since it was last vacuumed, by hand or by autovacuum. Null where it never was.",
    ),
  },
  variants: [
    {
      requires: { pg_stat_get_last_vacuum_time: [] },
      sql: `
select c.relname as key,
       pg_stat_get_live_tuples(c.oid) as "liveRows", pg_stat_get_dead_tuples(c.oid) as "deadRows",
       pg_stat_get_blocks_fetched(c.oid)
         + coalesce((select sum(pg_stat_get_blocks_fetched(i.indexrelid))
                       from pg_index i where i.indrelid = c.oid), 0) as "blocks",
       extract(epoch from clock_timestamp() - greatest(
         pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid))) * 1000
         as "vacuumAgeMs"
  from pg_class c
 where c.relkind = 'r' and c.relnamespace = 'pg_catalog'::regnamespace and not c.relisshared
 order by pg_stat_get_dead_tuples(c.oid) desc
 limit ${CATALOGS_MAX}`,
    },
  ],
  otherwise: "The functions behind pg_stat_sys_tables are not there.",
});
