import type { Evidence } from "../../analysis/evidence.ts";
import { activeSessions, sessionsIn, shareIn } from "../../analysis/aas.ts";
import { maxLevel, meanLevel } from "../../analysis/gauges.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { fasterBy } from "../predict.ts";
import type { NextExperiment } from "../../record/hypothesis.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

/** Share of the active time in waiting for rows that others are changing. */
const SHARE_MIN = 0.3;
/** Waiters at a time; fewer are the odd collision. */
const WAITERS_MIN = 0.5;
/** Of all sessions: where only some of many meet, the others get through. */
const WAITERS_SHARE_MIN = 0.15;
/** Enough that two clients seldom want the same. */
const ROWS_PER_CLIENT = 10;
/** One wait as long as this is one holder's doing (`blocking-transaction`), not a crowd's. */
const LONG_WAIT_MS = 1000;

export const rowContention = defineRule({
  id: "row-contention",
  asks: "Do transactions queue for the same few rows?",
  needs: ["pg-waits"],
  sources: [
    "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS",
    "https://www.postgresql.org/docs/current/pgbench.html",
  ],
  explainedBy: ["blocking-transaction", "sync-standby-lost", "standby-frozen"],

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
        from: "pg-waits/sessions",
        threshold: SHARE_MIN,
      },
      {
        name: "sessions that wait for a row",
        value: waiters,
        unit: "count",
        from: "pg-waits/sessions",
        threshold: WAITERS_MIN,
      },
      { name: "the same by pg_locks", value: counted, unit: "count", from: "pg-locks" },
      { name: "longest wait", value: longestMs, unit: "ms", from: "pg-locks/maxWaitMs" },
    ];
    const because =
      `${formatNumber(waiters)} sessions at a time wait for rows that others change, ` +
      `${percent(share)} of the active time.`;
    const sessions = active.total + active.idle + active.idleInTransaction;
    const isFew = waiters < WAITERS_MIN || waiters < WAITERS_SHARE_MIN * sessions;
    if (share < SHARE_MIN || isFew) return pass(because, items);
    if (longestMs !== null && longestMs >= LONG_WAIT_MS && isOneHolder(evidence)) {
      return unknown(
        `${because} The longest wait, ${formatDurationMs(longestMs)}, is for one holder: see blocking-transaction.`,
        items,
      );
    }
    return fail({
      because,
      evidence: items,
      confidence: (counted ?? 0) >= WAITERS_MIN ? "confirmed" : "suspected",
      advice:
        "Spread the writes over more rows: in a benchmark raise the scale above the number of " +
        "clients; in an application split the hot row (one counter per worker), or update it last " +
        "in its transaction and commit at once.",
      refutedBy: "With ten times as many rows to choose from throughput stays as it was.",
      weight: share,
      ...experimentOf(evidence, share),
    });
  },
});

/** Only where the load is ours: rows to choose from are then a matter of its scale. */
function experimentOf({ trial }: Evidence, share: number): { experiment?: NextExperiment } {
  if (trial === null) return {};
  const scale = ROWS_PER_CLIENT * trial.planned.clients;
  const change = `scale ${scale}, ${ROWS_PER_CLIENT} rows to choose from for each client`;
  return { experiment: { change, workload: { scale }, predicts: fasterBy(share) } };
}

/** Most of the time one and the same session idles in a transaction while others wait for it. */
function isOneHolder(evidence: Parameters<typeof activeSessions>[0]): boolean {
  const idle = evidence.keyed("pg-blocking", "isIdleInTransaction");
  return [...(idle?.values() ?? [])].some((series) => (meanLevel(series) ?? 0) >= 0.5);
}
