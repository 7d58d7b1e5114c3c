import { activeSessions } from "../../analysis/aas.ts";
import { ratePerS } from "../../analysis/counters.ts";
import { cpuUse } from "../../analysis/cpu-use.ts";
import { transactionRate } from "../../analysis/transactions.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import { CONNECTION_CHURN } from "../../analysis/thresholds.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { FASTER } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

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
        how: "mean",
        from: "pg-database/sessions",
        threshold: CONNECTION_CHURN.sessionsPerSMin,
      },
      {
        name: "new sessions per transaction",
        value: perTransaction,
        unit: "ratio",
        how: "mean",
        from: `pg-database/sessions, ${rate.from}`,
        threshold: CONNECTION_CHURN.sessionsPerTransactionMax,
      },
    ];
    const because =
      `${formatNumber(sessionsPerS)} sessions were begun per second` +
      (perTransaction === null ? "." : `, ${formatNumber(perTransaction)} for each transaction.`);
    const isFrequent =
      perTransaction === null || perTransaction > CONNECTION_CHURN.sessionsPerTransactionMax;
    if (sessionsPerS < CONNECTION_CHURN.sessionsPerSMin || !isFrequent) return pass(because, items);
    const active = activeSessions(evidence);
    const { cores, hostBusyShare } = cpuUse(evidence);
    const activeShare = active === null || cores === null ? null : active.total / cores;
    const isHidden =
      activeShare !== null &&
      hostBusyShare !== null &&
      hostBusyShare - activeShare >= CONNECTION_CHURN.busyMin;
    return fail({
      because,
      evidence: [
        ...items,
        {
          name: "active sessions",
          value: active?.total ?? null,
          unit: "count",
          how: "mean",
          from: "pg-waits/sessions",
        },
        {
          name: `CPU of ${tellHost(evidence)}`,
          value: hostBusyShare,
          unit: "ratio",
          how: "mean",
          from: "host-cpu",
        },
      ],
      // Each start is counted by the server, and each costs a process of its own.
      confidence:
        isHidden || (perTransaction ?? 0) > CONNECTION_CHURN.surePerTransaction
          ? "confirmed"
          : "suspected",
      advice:
        "Keep connections open in the application, or put a pooler (PgBouncer, transaction mode) " +
        `in front: starting one takes a process, authentication and, with TLS, a handshake. ` +
        `Now it is ${percent(Math.min(1, perTransaction ?? 1))} of a start per transaction.`,
      refutedBy: "The same load over connections that stay open is not clearly faster.",
      experiment: KEEP_OPEN,
      weight: Math.min(1, 0.5 + (perTransaction ?? 1) / 2),
    });
  },
});
