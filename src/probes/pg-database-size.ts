import { defineSqlProbe } from "../contracts/probe.ts";

/** Size and age of each database. Sizes walk the files, so they are read seldom. */
export const pgDatabaseSize = defineSqlProbe({
  id: "pg-database-size",
  summary: "Size of each database, and how far its row ids are from wraparound. Key: database.",
  source: "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE",
  everyMs: 10_000,
  keyed: true,
  series: {
    sizeBytes: {
      unit: "bytes",
      kind: "gauge",
      doc: "Disk space of the database. Null where the role may neither connect to it nor read all statistics.",
    },
    xidAge: {
      unit: "count",
      kind: "gauge",
      doc: "Transactions since the oldest unfrozen row; the server stops writing at about 2 billion.",
    },
    multixactAge: { unit: "count", kind: "gauge", doc: "The same for multixact ids." },
  },
  variants: [
    {
      requires: { pg_database: ["datfrozenxid", "datminmxid"] },
      sql: `
select datname as key,
       case when has_database_privilege(oid, 'CONNECT') or pg_has_role('pg_read_all_stats', 'USAGE')
            then pg_database_size(oid) end as "sizeBytes",
       age(datfrozenxid) as "xidAge",
       mxid_age(datminmxid) as "multixactAge"
  from pg_database where datallowconn`,
    },
  ],
  otherwise: "pg_database lacks the columns that are read.",
});
