import { defineSqlProbe } from "../contracts/probe.ts";

/** Tables kept per sample: those most written, read and dead. */
const TABLES_MAX = 20;

const counter = (doc: string) => ({ unit: "count", kind: "counter", doc }) as const;
const count = (doc: string) => ({ unit: "count", kind: "gauge", doc }) as const;
const bytes = (doc: string) => ({ unit: "bytes", kind: "gauge", doc }) as const;

/** A size takes a lock on the table: not while another holds or wants it for itself alone. */
const unlocked = (expression: string) =>
  `case when not t.oid = any (array(select oid from locked)) then ${expression} end`;
const indexes = (expression: string) =>
  `(select sum(${expression}) from pg_index i where i.indrelid = t.oid)`;

const sql = (newpage: string) => `
with locked as materialized (
  select relation as oid from pg_locks
   where locktype = 'relation' and mode = 'AccessExclusiveLock'
     and database = (select oid from pg_database where datname = current_database())
), busiest as materialized (
  select c.oid, n.nspname || '.' || c.relname as key, c.reltuples, c.relfrozenxid
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
     and n.nspname not like 'pg\\_t%'
   order by pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
            + pg_stat_get_tuples_deleted(c.oid) + pg_stat_get_dead_tuples(c.oid)
            + pg_stat_get_tuples_returned(c.oid) + pg_stat_get_blocks_fetched(c.oid) desc
   limit ${TABLES_MAX}
)
select key,
       pg_stat_get_live_tuples(t.oid) as "liveRows", pg_stat_get_dead_tuples(t.oid) as "deadRows",
       pg_stat_get_tuples_inserted(t.oid) as "rowsInserted",
       pg_stat_get_tuples_updated(t.oid) as "rowsUpdated",
       pg_stat_get_tuples_hot_updated(t.oid) as "rowsHotUpdated",
       ${newpage} as "rowsNewPageUpdated",
       pg_stat_get_tuples_deleted(t.oid) as "rowsDeleted",
       pg_stat_get_numscans(t.oid) as "seqScans",
       pg_stat_get_tuples_returned(t.oid) as "seqRowsRead",
       coalesce(${indexes("pg_stat_get_numscans(i.indexrelid)")}, 0) as "idxScans",
       coalesce(${indexes("pg_stat_get_tuples_fetched(i.indexrelid)")}, 0)
         + pg_stat_get_tuples_fetched(t.oid) as "idxRowsFetched",
       pg_stat_get_blocks_fetched(t.oid) - pg_stat_get_blocks_hit(t.oid) as "heapBlocksRead",
       pg_stat_get_blocks_hit(t.oid) as "heapBlocksHit",
       coalesce(${indexes("pg_stat_get_blocks_fetched(i.indexrelid) - pg_stat_get_blocks_hit(i.indexrelid)")}, 0)
         as "idxBlocksRead",
       coalesce(${indexes("pg_stat_get_blocks_hit(i.indexrelid)")}, 0) as "idxBlocksHit",
       pg_stat_get_mod_since_analyze(t.oid) as "rowsModifiedSinceAnalyze",
       pg_stat_get_vacuum_count(t.oid) as "vacuums",
       pg_stat_get_autovacuum_count(t.oid) as "autovacuums",
       pg_stat_get_analyze_count(t.oid) as "analyzes",
       pg_stat_get_autoanalyze_count(t.oid) as "autoanalyzes",
       extract(epoch from clock_timestamp() - pg_stat_get_last_autovacuum_time(t.oid)) * 1000
         as "lastAutovacuumAgeMs",
       age(t.relfrozenxid) as "xidAge",
       ${unlocked("pg_table_size(t.oid)")} as "tableBytes",
       ${unlocked("pg_indexes_size(t.oid)")} as "indexBytes"
  from busiest t`;

/** Tables of the database under test. */
export const pgTables = defineSqlProbe({
  id: "pg-tables",
  summary: `The ${TABLES_MAX} busiest tables of this database. Key: \`schema.table\`.`,
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW",
  everyMs: 5000,
  keyed: true,
  series: {
    liveRows: count("Live rows, estimated."),
    deadRows: count("Dead rows, estimated."),
    rowsInserted: counter("Rows inserted."),
    rowsUpdated: counter("Rows updated."),
    rowsHotUpdated: counter("Rows updated on their own page without touching an index."),
    rowsNewPageUpdated: counter("Rows that an update moved to another page. Null before 16."),
    rowsDeleted: counter("Rows deleted."),
    seqScans: counter("Sequential scans."),
    seqRowsRead: counter("Live rows that they read."),
    idxScans: counter("Index scans."),
    idxRowsFetched: counter("Rows fetched by index scans."),
    heapBlocksRead: counter("Blocks of the table asked from the operating system."),
    heapBlocksHit: counter("Blocks of the table found in shared buffers."),
    idxBlocksRead: counter("Blocks of its indexes asked from the operating system."),
    idxBlocksHit: counter("Blocks of its indexes found in shared buffers."),
    rowsModifiedSinceAnalyze: count("Rows changed since it was last analyzed."),
    vacuums: counter("Vacuums by hand."),
    autovacuums: counter("Vacuums by autovacuum."),
    analyzes: counter("Analyzes by hand."),
    autoanalyzes: counter("Analyzes by autovacuum."),
    lastAutovacuumAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Time since autovacuum last finished it. Null where it never did.",
    },
    xidAge: count("Transactions since its oldest unfrozen row."),
    tableBytes: bytes(
      "Size without indexes. Null while another session holds or wants the table for itself alone: a size would wait for it.",
    ),
    indexBytes: bytes("Size of its indexes. Null as tableBytes."),
  },
  variants: [
    {
      requires: { pg_stat_get_tuples_newpage_updated: [] },
      sql: sql("pg_stat_get_tuples_newpage_updated(t.oid)"),
    },
    { requires: { pg_stat_get_tuples_hot_updated: [] }, sql: sql("null::float8") },
  ],
  otherwise: "The functions behind pg_stat_all_tables are not there.",
});
