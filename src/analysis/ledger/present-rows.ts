import type { LedgerFinalRead } from "../../record/ledger.ts";

/** Answers whether a row was in the table, and counts what was. */
export interface PresentRows {
  has(client: number, seq: number): boolean;
  /** Different rows. */
  readonly distinct: number;
  /** Rows beyond the first of their key. */
  readonly duplicates: number;
}

export function presentRows(final: LedgerFinalRead): PresentRows {
  const { client, firstSeq, lastSeq, rows, stretches } = final;
  const firstOf = new Map<number, number>();
  let distinct = 0;
  let total = 0;
  for (let i = stretches - 1; i >= 0; i--) {
    firstOf.set(client[i] as number, i);
    distinct += (lastSeq[i] as number) - (firstSeq[i] as number) + 1;
    total += rows[i] as number;
  }
  return {
    distinct,
    duplicates: total - distinct,
    has(of, seq) {
      // A client has more than one stretch only where something is missing.
      for (let i = firstOf.get(of) ?? stretches; i < stretches && client[i] === of; i++) {
        if (seq < (firstSeq[i] as number)) return false;
        if (seq <= (lastSeq[i] as number)) return true;
      }
      return false;
    },
  };
}
