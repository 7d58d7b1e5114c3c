import { defineSqlProbe, type Probe } from "../contracts/probe.ts";
import { openWithAllStatistics } from "../lib/statistics-privilege.ts";

const NONE = "Null where no receiver runs.";
const lsn = (doc: string) => ({ unit: "bytes", kind: "counter", doc: `${doc} ${NONE}` }) as const;
const age = (doc: string) => ({ unit: "ms", kind: "gauge", doc: `${doc} ${NONE}` }) as const;

const probe = defineSqlProbe({
  id: "pg-wal-receiver",
  summary: "The receiver of a standby: what has come, and when it last heard from its sender.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-RECEIVER-VIEW",
  series: {
    isRunning: { unit: "count", kind: "gauge", doc: "1 where a WAL receiver runs, else 0." },
    isStreaming: { unit: "count", kind: "gauge", doc: "1 where it streams, else 0." },
    writtenLsnBytes: lsn("WAL written here, not yet durable."),
    flushedLsnBytes: lsn("WAL durable here."),
    latestEndLsnBytes: lsn("End of the sender's WAL as last reported."),
    messageSendAgeMs: age("Time since the sender sent its last message, by its own clock."),
    messageReceiptAgeMs: age("Time since the last message came."),
    latestEndAgeMs: age("Time since the sender's end of WAL was reported."),
    timeline: {
      unit: "count",
      kind: "gauge",
      doc: `Timeline of the last WAL that came. ${NONE}`,
    },
  },
  variants: [
    {
      requires: { pg_stat_get_wal_receiver: ["written_lsn", "flushed_lsn", "received_tli"] },
      sql: `
select (r.pid is not null)::int as "isRunning",
       coalesce(r.status = 'streaming', false)::int as "isStreaming",
       r.written_lsn - '0/0'::pg_lsn as "writtenLsnBytes",
       r.flushed_lsn - '0/0'::pg_lsn as "flushedLsnBytes",
       r.latest_end_lsn - '0/0'::pg_lsn as "latestEndLsnBytes",
       extract(epoch from clock_timestamp() - r.last_msg_send_time) * 1000 as "messageSendAgeMs",
       extract(epoch from clock_timestamp() - r.last_msg_receipt_time) * 1000
         as "messageReceiptAgeMs",
       extract(epoch from clock_timestamp() - r.latest_end_time) * 1000 as "latestEndAgeMs",
       r.received_tli as "timeline"
  from (select 1) as always left join pg_stat_get_wal_receiver() r on true`,
    },
  ],
  otherwise: "pg_stat_wal_receiver lacks written_lsn and flushed_lsn (PostgreSQL 13).",
});

/** Read on a primary too, since it may become a standby while the run goes on. */
export const pgWalReceiver: Probe = {
  ...probe,
  open: openWithAllStatistics(
    (context) => probe.open(context),
    "What a standby receives is hidden.",
  ),
};
