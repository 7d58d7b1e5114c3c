import type { RunEvent } from "../../record/events.ts";
import type { LedgerVerdict, TableComparison } from "../check-ledger.ts";
import type { ForkCheck, TrialLoss } from "./model.ts";

/** What the ledger and the table say together. */
export function lossOf(
  verdict: LedgerVerdict | null,
  fork: ForkCheck | null,
  faultMs: number,
): TrialLoss {
  if (verdict === null) return { is: "unknown", because: "No ledger was kept." };
  const { table, counts } = verdict;
  if (
    table === null ||
    (verdict.is === "unknown" && table.lost.count + table.lostWarned.count === 0)
  ) {
    return { is: "unknown", because: verdict.because };
  }
  return {
    is: "known",
    lostOk: table.lost.count,
    lostWarned: table.lostWarned.count,
    acknowledged: counts.ok + counts.okWarn,
    lostMs: Math.max(0, faultMs - firstLostMs(table, faultMs)),
    anomalies: anomaliesOf(table),
    fork,
  };
}

function firstLostMs({ lost, lostWarned }: TableComparison, faultMs: number): number {
  return Math.min(lost.firstMs ?? faultMs, lostWarned.firstMs ?? faultMs);
}

function anomaliesOf(table: TableComparison): string[] {
  const { holes, failedPresent, neverSent, duplicates, rowsMissingFromIndex } = table;
  return [
    ...(holes > 0
      ? [`${holes} lost writes have a later one of the same client that is there.`]
      : []),
    ...(failedPresent > 0 ? [`${failedPresent} refused writes are there.`] : []),
    ...(neverSent > 0 ? [`${neverSent} rows are there that nobody sent.`] : []),
    ...(duplicates > 0 ? [`${duplicates} rows are there more than once.`] : []),
    ...((rowsMissingFromIndex ?? 0) === 0
      ? []
      : [`The primary key's index differs from its table by ${rowsMissingFromIndex} rows.`]),
  ];
}

/**
 * Holds the old primary's WAL after the fork against the ledger: every COMMIT there is a write that
 * was acknowledged and is lost, or one whose answer was lost and that is absent. Others wrote nothing.
 */
export function forkCheck(
  events: readonly RunEvent[],
  verdict: LedgerVerdict | null,
): ForkCheck | null {
  const orphan = events.findLast((event) => event.kind === "orphaned-wal");
  if (orphan?.kind !== "orphaned-wal") return null;
  const { on, timeline, forkLsnBytes, endLsnBytes, commits } = orphan;
  const found = { on, timeline, bytes: Math.max(0, endLsnBytes - forkLsnBytes), commits };
  const table = verdict?.table ?? null;
  if (table === null) {
    return { ...found, verdict: "differs", because: "The ledger could not be compared." };
  }
  const lost = table.lost.count + table.lostWarned.count;
  const most = lost + table.unknownAbsent;
  const agrees = commits >= lost && commits <= most;
  const because =
    `${commits} COMMIT records after the fork on ${on}; the ledger has ${lost} lost acknowledgements` +
    ` and ${table.unknownAbsent} writes without an answer that are absent.`;
  return { ...found, verdict: agrees ? "agrees" : "differs", because };
}
