/**
 * What became of the writes that the clients sent: which were lost, which came from nowhere, whether
 * two servers took writes at once, and how long none was taken. Pure.
 */
import type { Ledger } from "../record/ledger.ts";
import { acknowledgementGaps, type WriteGaps } from "./ledger/acknowledgement-gaps.ts";
import { compareWithTable, type TableComparison } from "./ledger/compare-with-table.ts";
import { type DualAcknowledgement, dualAcknowledgements } from "./ledger/dual-acknowledgement.ts";

export type { WriteGaps } from "./ledger/acknowledgement-gaps.ts";
export type { TableComparison } from "./ledger/compare-with-table.ts";
export type { DualAcknowledgement } from "./ledger/dual-acknowledgement.ts";

export interface LedgerVerdict {
  /** `unknown`: nothing was acknowledged, or the table was not read, or writes miss from the ledger. */
  readonly is: "pass" | "fail" | "unknown";
  readonly because: string;
  readonly counts: {
    readonly ok: number;
    /** Acknowledged with the promise taken back on the same answer: no loss of them breaks a promise. */
    readonly okWarn: number;
    readonly fail: number;
    readonly unknown: number;
  };
  /** `null` where the table was not read afterwards. */
  readonly table: TableComparison | null;
  readonly dual: readonly DualAcknowledgement[];
  /** Longest stretches without an acknowledged write: the recovery time, where a fault was the cause. */
  readonly gaps: WriteGaps;
  /** From the first lost acknowledgement to the fault; `null` where nothing was lost or no fault is known. */
  readonly rpoMs: number | null;
  /** Different lives of servers that acknowledged or could have. */
  readonly servers: number;
}

/** `faultMs`: when a fault was applied during the load, on the run's clock; `null` where none was. */
export function checkLedger(
  ledger: Ledger,
  { faultMs }: { readonly faultMs: number | null } = { faultMs: null },
): LedgerVerdict {
  const counts = countOutcomes(ledger);
  const table = ledger.final === null ? null : compareWithTable(ledger, ledger.final);
  const dual = dualAcknowledgements(ledger);
  const firstLostMs = table?.lost.firstMs ?? null;
  return {
    ...judge(ledger, counts, table, dual),
    counts,
    table,
    dual,
    gaps: acknowledgementGaps(ledger, faultMs),
    rpoMs: faultMs === null || firstLostMs === null ? null : faultMs - firstLostMs,
    servers: ledger.servers.length,
  };
}

function countOutcomes({ writes }: Ledger): LedgerVerdict["counts"] {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < writes.count; i++) {
    const code = writes.outcome[i] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  const [ok = 0, okWarn = 0, fail = 0, unknown = 0] = counts;
  return { ok, okWarn, fail, unknown };
}

function judge(
  ledger: Ledger,
  { ok }: LedgerVerdict["counts"],
  table: TableComparison | null,
  dual: readonly DualAcknowledgement[],
): Pick<LedgerVerdict, "is" | "because"> {
  const broken = [...describeTable(ledger, table), ...dual.map(describeDual)];
  if (broken.length > 0) return { is: "fail", because: broken.join(" ") };
  if (table === null) {
    return { is: "unknown", because: "The table was not read after the load." };
  }
  if (ok === 0) return { is: "unknown", because: "No write was ever acknowledged." };
  if (!ledger.isWhole) {
    return {
      is: "unknown",
      because: "The ledger was cut short, so writes may be missing from it.",
    };
  }
  const warned = table.lostWarned.count;
  const because = `All ${ok} acknowledged writes were there.`;
  if (warned === 0) return { is: "pass", because };
  return { is: "pass", because: `${because} ${warned} whose promise was taken back were not.` };
}

function describeTable(ledger: Ledger, table: TableComparison | null): string[] {
  if (table === null) return [];
  const { lost, holes, failedPresent, neverSent, duplicates, rowsMissingFromIndex } = table;
  const broken: string[] = [];
  if (lost.count > 0) broken.push(`${lost.count} acknowledged writes were lost.`);
  if (holes > 0) {
    broken.push(`${holes} of them are holes: later writes of the same client were there.`);
  }
  if (failedPresent > 0) broken.push(`${failedPresent} refused writes were there.`);
  // Where the ledger is cut short, a row without a line may be one of the lines that are missing.
  if (neverSent > 0 && ledger.isWhole)
    broken.push(`${neverSent} rows were there that nobody sent.`);
  if (duplicates > 0) broken.push(`${duplicates} rows were there more than once.`);
  if (rowsMissingFromIndex !== null && rowsMissingFromIndex !== 0) {
    broken.push(`The primary key's index differs from its table by ${rowsMissingFromIndex} rows.`);
  }
  return broken;
}

function describeDual({ servers, fromMs, toMs, acknowledgements }: DualAcknowledgement): string {
  const [one, other] = servers.map(
    ({ address, port, timeline }) =>
      `${address ?? "?"}:${port ?? "?"} on timeline ${timeline ?? "?"}`,
  );
  return (
    `Two servers acknowledged writes at once, ${one} and ${other}: ` +
    `${acknowledgements} writes over ${Math.round(toMs - fromMs)} ms.`
  );
}
