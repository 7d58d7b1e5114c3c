import { defineSqlProbe } from "../contracts/probe.ts";

const gauge = (unit: "count" | "ms", doc: string) => ({ unit, kind: "gauge", doc }) as const;

/** Which server answers, and since when: a restart or a failover shows here. */
export const pgServer = defineSqlProbe({
  id: "pg-server",
  summary: "When the server started, its role, its timeline, and its clock.",
  source:
    "https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION-TABLE",
  series: {
    startedEpochMs: gauge("ms", "When the postmaster started, UTC."),
    settingsLoadedEpochMs: gauge("ms", "When the configuration files were last read, UTC."),
    isInRecovery: gauge("count", "1 on a standby, 0 on a primary."),
    timeline: gauge(
      "count",
      "Timeline that is written, or on a standby the one that recovery must reach.",
    ),
    serverEpochMs: gauge(
      "ms",
      "The server's clock, UTC. Its offset is this less `epochMs + t`, good to the time that the read took.",
    ),
  },
  variants: [
    {
      requires: { pg_control_recovery: ["min_recovery_end_timeline"] },
      sql: `
select extract(epoch from pg_postmaster_start_time()) * 1000 as "startedEpochMs",
       extract(epoch from pg_conf_load_time()) * 1000 as "settingsLoadedEpochMs",
       pg_is_in_recovery()::int as "isInRecovery",
       case when pg_is_in_recovery()
            then (select min_recovery_end_timeline from pg_control_recovery())
            else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint
       end as "timeline",
       extract(epoch from clock_timestamp()) * 1000 as "serverEpochMs"`,
    },
  ],
  otherwise: "pg_control_recovery() is not there.",
});
