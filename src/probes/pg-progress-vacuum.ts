import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { openWithAllStatistics } from "../lib/statistics-privilege.ts";

const count = (doc: string) => ({ unit: "count", kind: "gauge", doc }) as const;

const probe = defineSqlProbe({
  id: "pg-progress-vacuum",
  summary: "Vacuums under way, by process id.",
  source:
    "https://www.postgresql.org/docs/current/progress-reporting.html#VACUUM-PROGRESS-REPORTING",
  everyMs: 5000,
  keyed: true,
  series: {
    heapBlocks: count("Blocks of the table."),
    heapBlocksScanned: count("Blocks scanned so far."),
    heapBlocksVacuumed: count("Blocks vacuumed so far."),
    indexPasses: count("Passes over the indexes so far; more than one means too little memory."),
  },
  variants: [
    {
      requires: {
        pg_stat_progress_vacuum: ["heap_blks_total", "heap_blks_vacuumed", "index_vacuum_count"],
      },
      sql: `
select v.pid as key, v.datname || '.' || coalesce(c.relname, v.relid::text) as label_table,
       heap_blks_total as "heapBlocks", heap_blks_scanned as "heapBlocksScanned",
       heap_blks_vacuumed as "heapBlocksVacuumed", index_vacuum_count as "indexPasses"
  from pg_stat_progress_vacuum v
  left join pg_class c on c.oid = v.relid and v.datname = current_database()`,
    },
  ],
  otherwise: "pg_stat_progress_vacuum is not there.",
});

/** Vacuums under way: they read, write and dirty what the load needs. */
export const pgProgressVacuum: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open(context),
    "Vacuums of other roles are hidden.",
  ),
};
