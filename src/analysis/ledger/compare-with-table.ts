import type { Ledger, LedgerFinalRead } from "../../record/ledger.ts";
import { FAIL, isAcknowledged, OK, OK_WARN, UNKNOWN } from "./outcome-codes.ts";
import { presentRows, type PresentRows } from "./present-rows.ts";

/** Acknowledged writes that the table did not hold. */
export interface LostWrites {
  readonly count: number;
  /** Instants of their acknowledgements on the run's clock; `null` where none was lost. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** WAL positions just before their commits, lowest and highest; `null` where not told. */
  readonly firstLsnBytes: number | null;
  readonly lastLsnBytes: number | null;
}

/** What the table held, against what the clients were told. */
export interface TableComparison {
  /** Acknowledged and missing. */
  readonly lost: LostWrites;
  /** The same among writes whose acknowledgement came with its promise taken back. */
  readonly lostWarned: LostWrites;
  /** Refused, and there. */
  readonly failedPresent: number;
  readonly unknownPresent: number;
  readonly unknownAbsent: number;
  /** Rows that no line of the ledger tells of. */
  readonly neverSent: number;
  /** Rows beyond the first of their key. */
  readonly duplicates: number;
  /** Lost writes with a later one of the same client and server that is there: worse than a lost tail. */
  readonly holes: number;
  /** Rows in the heap less rows in the primary key's index; `null` where it was not asked. */
  readonly rowsMissingFromIndex: number | null;
}

/** Source of the classes: set-full of https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/checker.clj. */
export function compareWithTable(ledger: Ledger, final: LedgerFinalRead): TableComparison {
  const { writes } = ledger;
  const rows = presentRows(final);
  const lost = new Loss();
  const lostWarned = new Loss();
  let failedPresent = 0;
  let unknownPresent = 0;
  let unknownAbsent = 0;
  let told = 0;
  for (let i = 0; i < writes.count; i++) {
    const code = writes.outcome[i];
    const isThere = rows.has(writes.client[i] as number, writes.seq[i] as number);
    if (isThere) told++;
    if (code === UNKNOWN) {
      if (isThere) unknownPresent++;
      else unknownAbsent++;
    } else if (code === FAIL) {
      if (isThere) failedPresent++;
    } else if (!isThere) {
      (code === OK_WARN ? lostWarned : lost).add(
        writes.answeredUs[i] as number,
        writes.lsnBytes[i] as number,
      );
    }
  }
  const heapRows = final.rows.reduce((sum, count) => sum + count, 0);
  return {
    lost: lost.summarize(),
    lostWarned: lostWarned.summarize(),
    failedPresent,
    unknownPresent,
    unknownAbsent,
    neverSent: rows.distinct - told,
    duplicates: rows.duplicates,
    holes: lost.count === 0 ? 0 : countHoles(ledger, rows),
    rowsMissingFromIndex: final.indexRows === null ? null : heapRows - final.indexRows,
  };
}

function countHoles({ writes, servers }: Ledger, rows: PresentRows): number {
  const missing = new Map<number, number>();
  let holes = 0;
  for (let i = 0; i < writes.count; i++) {
    if (!isAcknowledged(writes.outcome[i])) continue;
    const client = writes.client[i] as number;
    const key = client * (servers.length + 1) + (writes.server[i] as number) + 1;
    if (!rows.has(client, writes.seq[i] as number)) {
      if (writes.outcome[i] === OK) missing.set(key, (missing.get(key) ?? 0) + 1);
      continue;
    }
    holes += missing.get(key) ?? 0;
    missing.delete(key);
  }
  return holes;
}

class Loss {
  count = 0;
  private firstUs = Infinity;
  private lastUs = -Infinity;
  private firstLsn = Infinity;
  private lastLsn = -Infinity;

  add(answeredUs: number, lsnBytes: number): void {
    this.count++;
    this.firstUs = Math.min(this.firstUs, answeredUs);
    this.lastUs = Math.max(this.lastUs, answeredUs);
    if (Number.isNaN(lsnBytes)) return;
    this.firstLsn = Math.min(this.firstLsn, lsnBytes);
    this.lastLsn = Math.max(this.lastLsn, lsnBytes);
  }

  summarize(): LostWrites {
    const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return {
      count: this.count,
      firstMs: orNull(this.firstUs / 1000),
      lastMs: orNull(this.lastUs / 1000),
      firstLsnBytes: orNull(this.firstLsn),
      lastLsnBytes: orNull(this.lastLsn),
    };
  }
}
