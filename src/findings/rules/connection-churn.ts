import { activeSessions } from "../../analysis/aas.ts";
import { ratePerS } from "../../analysis/counters.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { transactionRate } from "../../analysis/transactions.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { FASTER } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** A session for every tenth transaction or fewer. */
const SESSIONS_PER_TRANSACTION_MAX = 0.1;
/** Fewer new sessions per second cost nothing worth a word: a start takes some milliseconds of CPU. */
const SESSIONS_PER_S_MIN = 5;
/** CPU at work while hardly a statement is active: it goes into starting processes. */
const BUSY_MIN = 0.3;

/** Only where the load is ours. */
const KEEP_OPEN = {
  change: "connections that stay open",
  workload: { connectPerTransaction: false },
  predicts: FASTER,
};

export const connectionChurn = defineRule({
  id: "connection-churn",
  asks: "Does the load open new connections all the time?",
  needs: ["pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW",
    "https://www.postgresql.org/docs/current/connect-estab.html",
  ],
  explainedBy: [],

  judge(evidence) {
    const sessionsPerS = ratePerS(evidence.series("pg-database", "sessions"));
    const rate = transactionRate(evidence);
    if (sessionsPerS === null || rate === null) {
      return unknown("pg-database has too few samples, or this server does not count sessions.");
    }
    const perTransaction = rate.perS === 0 ? null : sessionsPerS / rate.perS;
    const items: EvidenceItem[] = [
      {
        name: "new sessions",
        value: sessionsPerS,
        unit: "per s",
        from: "pg-database/sessions",
        threshold: SESSIONS_PER_S_MIN,
      },
      {
        name: "new sessions per transaction",
        value: perTransaction,
        unit: "ratio",
        from: `pg-database/sessions, ${rate.from}`,
        threshold: SESSIONS_PER_TRANSACTION_MAX,
      },
    ];
    const because =
      `${formatNumber(sessionsPerS)} sessions were begun per second` +
      (perTransaction === null ? "." : `, ${formatNumber(perTransaction)} for each transaction.`);
    const isFrequent = perTransaction === null || perTransaction > SESSIONS_PER_TRANSACTION_MAX;
    if (sessionsPerS < SESSIONS_PER_S_MIN || !isFrequent) return pass(because, items);
    const active = activeSessions(evidence);
    const { cores, hostBusyShare } = cpuUse(evidence);
    const activeShare = active === null || cores === null ? null : active.total / cores;
    const isHidden =
      activeShare !== null && hostBusyShare !== null && hostBusyShare - activeShare >= BUSY_MIN;
    return fail({
      because,
      evidence: [
        ...items,
        {
          name: "active sessions",
          value: active?.total ?? null,
          unit: "count",
          from: "pg-waits/sessions",
        },
        { name: "CPU of the host", value: hostBusyShare, unit: "ratio", from: "host-cpu" },
      ],
      // Each start is counted by the server, and each costs a process of its own.
      confidence: isHidden || (perTransaction ?? 0) > 0.5 ? "confirmed" : "suspected",
      advice:
        "Keep connections open in the application, or put a pooler (PgBouncer, transaction mode) " +
        `in front: starting one takes a process, authentication and, with TLS, a handshake. ` +
        `Now it is ${percent(Math.min(1, perTransaction ?? 1))} of a start per transaction.`,
      refutedBy: "The same load over connections that stay open is not clearly faster.",
      ...(evidence.trial === null ? {} : { experiment: KEEP_OPEN }),
      weight: Math.min(1, 0.5 + (perTransaction ?? 1) / 2),
    });
  },
});
