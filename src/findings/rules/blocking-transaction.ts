import { activeSessions, sessionsAtWork } from "../../analysis/aas.ts";
import { type Blocker, blockersOf } from "../../analysis/blocking.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import { maxLevel, meanLevel, sumOfKeys } from "../../analysis/gauges.ts";
import { partOf } from "../../analysis/part-of.ts";
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
    const blockers = blockersOf(evidence);
    if (blockers === null) return unknown("pg-blocking is not in the record.");
    const worst = heaviest(blockers.filter(isHoldingLong));
    if (worst === null) return pass("No transaction held another up for a second.");
    const queue = heaviest(blockers.filter(({ waitsFor }) => waitsFor === worst.pid));
    const active = activeSessions(evidence);
    const sessions = active === null ? null : sessionsAtWork(active);
    const windowMs = evidence.endMs - evidence.startMs;
    const lostShare =
      sessions === null || sessions === 0 || windowMs <= 0
        ? null
        : worst.lostMs / (sessions * windowMs);
    const about = aboutOf(evidence, worst);
    const items = itemsOf(evidence, { worst, queue, lostShare });
    const isPrepared = worst.pid === PREPARED;
    const who = isPrepared
      ? "A prepared transaction"
      : `Process ${worst.pid} (${about.state ?? "state not known"})`;
    const because =
      `${who} held up to ` +
      `${formatNumber(worst.blockedMax)} sessions up for ${formatDurationMs(worst.waitMs)}` +
      `${worst.isAtLeast ? " or longer" : ""}${tellQueue(evidence, queue)}`;
    const isOneMuch = (lostShare ?? 0) >= BLOCKING.lostShareOfOneMin;
    if (worst.blockedMax < BLOCKING.blockedMin && !isOneMuch) return pass(`${because}.`, items);
    if (lostShare !== null && lostShare < BLOCKING.lostShareMin) {
      return pass(`${because}, ${percent(lostShare)} of the sessions' time.`, items);
    }
    return fail({
      because: `${because}.`,
      evidence: items,
      confidence: (waitingIn(partOf(evidence, worst.within)) ?? 0) > 0 ? "confirmed" : "suspected",
      advice: isPrepared
        ? "See `pg_prepared_xacts`, and `commit prepared` or `rollback prepared` what nobody will end; " +
          "without a transaction manager set `max_prepared_transactions = 0`."
        : queue !== null
          ? ADVICE_ON_QUEUE
          : about.isIdle
            ? "Its client left a transaction open: commit it, find out why it idles, and set " +
              "`idle_in_transaction_session_timeout`."
            : "Shorten that transaction or run it when nobody waits; take strong locks with a " +
              "`lock_timeout` and try again.",
      refutedBy: "The waits go on after that transaction has ended.",
      experiment: byHand(
        queue === null ? "that transaction ended" : "the statement with the strong lock ended",
      ),
      weight: lostShare ?? 0.5,
    });
  },
});

/** What `pg_blocking_pids` gives where no session holds the lock. */
const PREPARED = "0";

const ADVICE_ON_QUEUE =
  "A lock that is waited for stops all that come later and conflict with it, although its holder would " +
  "let them pass: end that statement, and they go on at once. Run it with a `lock_timeout` and try " +
  "again, once the transaction that it waits for has ended.";

function heaviest(blockers: readonly Blocker[]): Blocker | null {
  return blockers.reduce<Blocker | null>(
    (most, one) => (most === null || one.lostMs > most.lostMs ? one : most),
    null,
  );
}

/** A session may block again and again, each time for a moment: its own transaction must be old. */
function isHoldingLong({ waitsFor, waitMs, xactMs }: Blocker): boolean {
  const isOld = xactMs === null || xactMs >= BLOCKING.waitMsMin;
  return waitsFor === null && waitMs >= BLOCKING.waitMsMin && isOld;
}

function aboutOf(evidence: Evidence, { pid }: Blocker) {
  const idle = evidence.keyed("pg-blocking", "isIdleInTransaction")?.get(pid) ?? null;
  return {
    query: evidence.label("pg-blocking", pid, "query"),
    state: evidence.label("pg-blocking", pid, "state"),
    isIdle: (maxLevel(idle) ?? 0) > 0,
  };
}

/** A clause on the strong lock that stops those whom the holder would let pass; empty without one. */
function tellQueue(evidence: Evidence, queue: Blocker | null): string {
  if (queue === null) return "";
  const { query } = aboutOf(evidence, queue);
  const what = query === null ? "" : ` (\`${query}\`)`;
  return (
    `; ${formatNumber(queue.blockedMax)} of them wait only since process ${queue.pid}${what}, ` +
    "which waits for it, is ahead of them"
  );
}

/** Sessions that wait for locks at a time; `null` where waits were not sampled. */
function waitingIn(evidence: Evidence): number | null {
  const waits = evidence.keyed("pg-waits", "sessions");
  return waits && meanLevel(sumOfKeys(waits, (key) => key.startsWith("Lock:")));
}

interface Found {
  readonly worst: Blocker;
  readonly queue: Blocker | null;
  readonly lostShare: number | null;
}

function itemsOf(evidence: Evidence, { worst, queue, lostShare }: Found): EvidenceItem[] {
  const { within, isAtLeast } = worst;
  const { query, state } = aboutOf(evidence, worst);
  const bound = isAtLeast ? ({ isAtLeast } as const) : {};
  const text = (name: string, value: string | null, unit = "text"): EvidenceItem => ({
    name,
    value,
    unit,
    how: "fact",
    from: "pg-blocking",
  });
  const items: EvidenceItem[] = [
    text("blocker", worst.pid, "process id"),
    text("its statement", query),
    text("its state", state),
    {
      name: "length of its transaction",
      value: worst.xactMs,
      unit: "ms",
      how: "timed",
      ...bound,
      within,
      from: "pg-blocking/xactAgeMs",
    },
    {
      name: "sessions behind it",
      value: worst.blockedMax,
      unit: "count",
      how: "peak",
      within,
      from: "pg-blocking/blocked",
      threshold: BLOCKING.blockedMin,
    },
    {
      name: "longest wait for it",
      value: worst.waitMs,
      unit: "ms",
      how: "timed",
      ...bound,
      within,
      from: "pg-blocking/longestWaitMs, pg-waits/sessions",
      threshold: BLOCKING.waitMsMin,
    },
    {
      name: "sessions that wait for locks meanwhile",
      value: waitingIn(partOf(evidence, within)),
      unit: "count",
      how: "mean",
      within,
      from: "pg-waits/sessions",
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
  if (queue === null) return items;
  return [
    ...items,
    text("process with a strong lock in its queue", queue.pid, "process id"),
    text("statement that waits for that lock", aboutOf(evidence, queue).query),
    {
      name: "sessions that wait only for a strong lock in its queue",
      value: queue.blockedMax,
      unit: "count",
      how: "peak",
      within: queue.within,
      from: "pg-blocking/blocked",
    },
  ];
}
