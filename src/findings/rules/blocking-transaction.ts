import { activeSessions, sessionsAtWork, sessionsIn } from "../../analysis/aas.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { maxLevel, meanLevel } from "../../analysis/gauges.ts";
import { BLOCKING } from "../../analysis/thresholds.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const blockingTransaction = defineRule({
  id: "blocking-transaction",
  asks: "Does one transaction hold others up for a second or more?",
  needs: ["pg-blocking"],
  sources: [
    "https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION-TABLE",
    "https://www.postgresql.org/docs/current/explicit-locking.html",
  ],
  explainedBy: ["sync-standby-lost", "standby-frozen"],

  judge(evidence) {
    const roots = blockersOf(evidence);
    if (roots === null) return unknown("pg-blocking is not in the record.");
    const worst = roots.reduce<Blocker | null>(
      (most, one) => (most === null || one.lostMs > most.lostMs ? one : most),
      null,
    );
    if (worst === null) return pass("No transaction held another up for a second.");
    const active = activeSessions(evidence);
    const waiting = active === null ? null : sessionsIn(active, "Lock:");
    const sessions = active === null ? null : sessionsAtWork(active);
    const windowMs = evidence.endMs - evidence.startMs;
    const lostShare =
      sessions === null || sessions === 0 || windowMs <= 0
        ? null
        : worst.lostMs / (sessions * windowMs);
    const items: EvidenceItem[] = [
      { name: "blocker", value: worst.pid, unit: "process id", how: "fact", from: "pg-blocking" },
      { name: "its statement", value: worst.query, unit: "text", how: "fact", from: "pg-blocking" },
      { name: "its state", value: worst.state, unit: "text", how: "fact", from: "pg-blocking" },
      {
        name: "age of its transaction",
        value: worst.xactAgeMs,
        unit: "ms",
        how: "timed",
        from: "pg-blocking/xactAgeMs",
      },
      {
        name: "sessions behind it, at most",
        value: worst.blockedMax,
        unit: "count",
        how: "peak",
        from: "pg-blocking/blocked",
        threshold: BLOCKING.blockedMin,
      },
      {
        name: "longest wait for it",
        value: worst.waitMs,
        unit: "ms",
        how: "timed",
        from: "pg-blocking/longestWaitMs",
        threshold: BLOCKING.waitMsMin,
      },
      {
        name: "sessions that wait for locks",
        value: waiting,
        unit: "count",
        how: "mean",
        from: "pg-waits",
      },
      {
        name: "time of all sessions lost behind it",
        value: lostShare,
        unit: "ratio",
        how: "mean",
        from: "pg-blocking/blocked, pg-waits/sessions",
        threshold: BLOCKING.lostShareMin,
      },
    ];
    const isPrepared = worst.pid === PREPARED;
    const who = isPrepared
      ? "A prepared transaction"
      : `Process ${worst.pid} (${worst.state ?? "state not known"})`;
    const because =
      `${who} held up to ` +
      `${formatNumber(worst.blockedMax)} sessions up for ${formatDurationMs(worst.waitMs)}`;
    const isOneMuch = (lostShare ?? 0) >= BLOCKING.lostShareOfOneMin;
    if (worst.blockedMax < BLOCKING.blockedMin && !isOneMuch) return pass(`${because}.`, items);
    if (lostShare !== null && lostShare < BLOCKING.lostShareMin) {
      return pass(`${because}, ${percent(lostShare)} of the sessions' time.`, items);
    }
    return fail({
      because: `${because}.`,
      evidence: items,
      confidence: (waiting ?? 0) > 0 ? "confirmed" : "suspected",
      advice: isPrepared
        ? "See `pg_prepared_xacts`, and `commit prepared` or `rollback prepared` what nobody will end; " +
          "without a transaction manager set `max_prepared_transactions = 0`."
        : worst.isIdle
          ? "Its client left a transaction open: commit it, find out why it idles, and set " +
            "`idle_in_transaction_session_timeout`."
          : "Shorten that transaction or run it when nobody waits; take strong locks with a " +
            "`lock_timeout` and try again.",
      refutedBy: "The waits go on after that transaction has ended.",
      experiment: byHand("that transaction ended"),
      weight: lostShare ?? 0.5,
    });
  },
});

/** What `pg_blocking_pids` gives where no session holds the lock. */
const PREPARED = "0";

interface Blocker {
  readonly pid: string;
  readonly query: string | null;
  readonly state: string | null;
  readonly isIdle: boolean;
  readonly blockedMax: number;
  readonly waitMs: number;
  readonly xactAgeMs: number | null;
  /** Time that others spent behind it, summed over them. */
  readonly lostMs: number;
}

/** Sessions at the root of the blocking tree that one and the same waiter had to wait for long. */
function blockersOf(evidence: Evidence): Blocker[] | null {
  const blocked = evidence.keyed("pg-blocking", "blocked");
  const waits = evidence.keyed("pg-blocking", "longestWaitMs");
  if (blocked === null || waits === null) return null;
  const windowMs = evidence.endMs - evidence.startMs;
  const valuesOf = (name: string, pid: string) =>
    evidence.keyed("pg-blocking", name)?.get(pid) ?? null;
  return [...blocked].flatMap(([pid, series]) => {
    const waitMs = maxLevel(waits.get(pid) ?? null) ?? 0;
    // A session may block again and again, each time for a moment: its own transaction must be old.
    const xactAgeMs = maxLevel(valuesOf("xactAgeMs", pid));
    if (waitMs < BLOCKING.waitMsMin || (xactAgeMs !== null && xactAgeMs < BLOCKING.waitMsMin))
      return [];
    return [
      {
        pid,
        query: evidence.label("pg-blocking", pid, "query"),
        state: evidence.label("pg-blocking", pid, "state"),
        isIdle: (maxLevel(valuesOf("isIdleInTransaction", pid)) ?? 0) > 0,
        blockedMax: maxLevel(series) ?? 0,
        waitMs,
        xactAgeMs,
        lostMs: (meanLevel(series) ?? 0) * windowMs,
      },
    ];
  });
}
