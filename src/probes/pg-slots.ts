import { defineSqlProbe, type SqlVariant } from "../contracts/probe.ts";

const gauge = (unit: "count" | "bytes" | "ms", doc: string) =>
  ({ unit, kind: "gauge", doc }) as const;

const variant = (requires: readonly string[], more: string): SqlVariant => ({
  requires: {
    pg_get_replication_slots: ["restart_lsn", "wal_status", "safe_wal_size", ...requires],
  },
  sql: `
select slot_name as key, slot_type as label_type, active::int as "isActive",
       position.lsn - restart_lsn as "retainedBytes",
       position.lsn - confirmed_flush_lsn as "confirmedLagBytes",
       safe_wal_size as "safeWalBytes",
       case wal_status when 'reserved' then 0 when 'extended' then 1 when 'unreserved' then 2
                       when 'lost' then 3 end as "walStatus",
       greatest(age(xmin), age(catalog_xmin)) as "xminAge"${more}
  from pg_get_replication_slots(),
       (select case when pg_is_in_recovery()
                    then coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                    else pg_current_wal_lsn() end as lsn) as position`,
});

/** Replication slots: what they keep, and how near they are to losing it. */
export const pgSlots = defineSqlProbe({
  id: "pg-slots",
  summary: "WAL and dead rows that each replication slot keeps. Key: name of the slot.",
  source: "https://www.postgresql.org/docs/current/view-pg-replication-slots.html",
  everyMs: 2000,
  keyed: true,
  series: {
    isActive: gauge("count", "1 where a connection uses the slot, else 0."),
    retainedBytes: gauge(
      "bytes",
      "WAL since the oldest that the slot needs. Null where it needs none or has lost it.",
    ),
    confirmedLagBytes: gauge(
      "bytes",
      "WAL that a logical consumer has not confirmed. Null for a physical slot.",
    ),
    safeWalBytes: gauge(
      "bytes",
      "WAL that can still be written before the slot may be lost; below 0 it is past that. Null where max_slot_wal_keep_size is unlimited or the slot is lost.",
    ),
    walStatus: gauge(
      "count",
      "0 reserved, 1 extended, 2 unreserved, 3 lost. Null where the slot never reserved WAL.",
    ),
    xminAge: gauge("count", "Transactions whose dead rows the slot keeps. Null where none."),
    inactiveMs: gauge(
      "ms",
      "Time since a connection last used the slot. Null while one does, and before PostgreSQL 17.",
    ),
  },
  variants: [
    variant(
      ["inactive_since"],
      `,\n       extract(epoch from clock_timestamp() - inactive_since) * 1000 as "inactiveMs"`,
    ),
    variant([], ""),
  ],
  otherwise: "pg_replication_slots lacks wal_status and safe_wal_size (PostgreSQL 13).",
});
