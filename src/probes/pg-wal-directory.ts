import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { mayExecute } from "../lib/statistics-privilege.ts";

const gauge = (unit: "count" | "bytes", doc: string) => ({ unit, kind: "gauge", doc }) as const;

const probe = defineSqlProbe({
  id: "pg-wal-directory",
  summary: "Files in pg_wal, and how many of them are only kept ready for coming WAL.",
  source:
    "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-GENFILE-TABLE",
  everyMs: 5000,
  series: {
    files: gauge("count", "Segments in pg_wal."),
    sizeBytes: gauge("bytes", "Their size. It is not the backlog: recycled segments count too."),
    recycledAhead: gauge(
      "count",
      "Segments after the current one: recycled, waiting to be written. Null on a standby that has replayed nothing.",
    ),
    segmentBytes: gauge("bytes", "Size of a segment."),
  },
  variants: [
    {
      requires: { pg_ls_waldir: ["name", "size"] },
      sql: `
with current as materialized (
  select pg_size_bytes(current_setting('wal_segment_size')) as segment_bytes,
         case when pg_is_in_recovery() then coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
              else pg_current_wal_lsn() end - '0/0'::pg_lsn as lsn
)
select count(*) as "files", coalesce(sum(size), 0) as "sizeBytes",
       case when max(lsn) is not null then count(*) filter (
         where ('x' || substr(name, 9, 8))::bit(32)::bigint * (4294967296 / segment_bytes)
               + ('x' || substr(name, 17, 8))::bit(32)::bigint > div(lsn, segment_bytes))
       end as "recycledAhead",
       max(segment_bytes) as "segmentBytes"
  from pg_ls_waldir(), current where name ~ '^[0-9A-F]{24}$'`,
    },
  ],
  otherwise: "pg_ls_waldir() is not there.",
});

/** The folder pg_wal; listing it needs `pg_monitor`. */
export const pgWalDirectory: Probe = {
  ...probe,
  async open(context) {
    if (await mayExecute(context, "pg_ls_waldir()")) return probe.open(context);
    context.missing(
      "The folder is not read: the role may not execute pg_ls_waldir(); grant it pg_monitor.",
      "privilege",
    );
    return null;
  },
};
