import type { Evidence } from "../../analysis/evidence.ts";
import { activeSessions, sessionsAtWork, sessionsIn, shareIn } from "../../analysis/aas.ts";
import { maxLevel, meanLevel } from "../../analysis/gauges.ts";
import { ROW_CONTENTION } from "../../analysis/thresholds.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand, fasterBy } from "../predict.ts";
import type { NextExperiment } from "../../record/hypothesis.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const rowContention = defineRule({
  id: "row-contention",
  asks: "Do transactions queue for the same few rows?",
  needs: ["pg-waits"],
  sources: [
    "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS",
    "https://www.postgresql.org/docs/current/pgbench.html",
  ],
  explainedBy: ["blocking-transaction", "sync-standby-lost", "standby-frozen"],
  kind: "limit",

  judge(evidence) {
    const active = activeSessions(evidence);
    if (active === null) return unknown("pg-waits has too few samples.");
    const share = shareIn(active, "Lock:transactionid", "Lock:tuple");
    const waiters = sessionsIn(active, "Lock:transactionid", "Lock:tuple");
    const transactionId = meanLevel(evidence.series("pg-locks", "waitingTransactionId"));
    const tuple = meanLevel(evidence.series("pg-locks", "waitingTuple"));
    const counted = transactionId === null || tuple === null ? null : transactionId + tuple;
    const longestMs = maxLevel(evidence.series("pg-locks", "maxWaitMs"));
    const items: EvidenceItem[] = [
      {
        name: "active time in waiting for rows",
        value: share,
        unit: "ratio",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: ROW_CONTENTION.shareMin,
      },
      {
        name: "sessions that wait for a row",
        value: waiters,
        unit: "count",
        how: "mean",
        from: "pg-waits/sessions",
        threshold: ROW_CONTENTION.waitersMin,
      },
      {
        name: "the same by pg_locks",
        value: counted,
        unit: "count",
        how: "mean",
        from: "pg-locks",
      },
      {
        name: "longest wait",
        value: longestMs,
        unit: "ms",
        how: "peak",
        from: "pg-locks/maxWaitMs",
      },
    ];
    const because =
      `${formatNumber(waiters)} sessions at a time wait for rows that others change, ` +
      `${percent(share)} of the active time.`;
    const sessions = sessionsAtWork(active);
    const isFew =
      waiters < ROW_CONTENTION.waitersMin || waiters < ROW_CONTENTION.waitersShareMin * sessions;
    if (share < ROW_CONTENTION.shareMin || isFew) return pass(because, items);
    if (longestMs !== null && longestMs >= ROW_CONTENTION.longWaitMs && isOneHolder(evidence)) {
      return unknown(
        `${because} The longest wait, ${formatDurationMs(longestMs)}, is for one holder: see blocking-transaction.`,
        items,
      );
    }
    return fail({
      because,
      evidence: items,
      confidence: (counted ?? 0) >= ROW_CONTENTION.waitersMin ? "confirmed" : "suspected",
      advice:
        "Spread the writes over more rows: in a benchmark raise the scale above the number of " +
        "clients; in an application split the hot row (one counter per worker), or update it last " +
        "in its transaction and commit at once.",
      refutedBy: "With ten times as many rows to choose from throughput stays as it was.",
      weight: share,
      experiment: experimentOf(evidence, share),
    });
  },
});

/** Where the load is ours, rows to choose from are a matter of its scale. */
function experimentOf({ trial }: Evidence, share: number): NextExperiment {
  const predicts = fasterBy(share);
  if (trial === null) return byHand("ten times as many rows to choose from", predicts);
  const scale = ROW_CONTENTION.rowsPerClient * trial.planned.clients;
  const change = `scale ${scale}, ${ROW_CONTENTION.rowsPerClient} rows to choose from for each client`;
  return { change, workload: { scale }, predicts };
}

/** Most of the time one and the same session idles in a transaction while others wait for it. */
function isOneHolder(evidence: Parameters<typeof activeSessions>[0]): boolean {
  const idle = evidence.keyed("pg-blocking", "isIdleInTransaction");
  return [...(idle?.values() ?? [])].some((series) => (meanLevel(series) ?? 0) >= 0.5);
}
