import { ratePerS } from "./counters.ts";
import type { Evidence } from "./evidence.ts";

/** Transactions per second, and where the figure comes from. */
export interface TransactionRate {
  readonly perS: number;
  readonly from: string;
}

/**
 * What the load acknowledged per second, or without a load of ours the server's commits, which count
 * connection start-ups too. `null` where neither is known.
 */
export function transactionRate(evidence: Evidence): TransactionRate | null {
  const own = evidence.trial?.throughputTps ?? null;
  if (own !== null) return { perS: own, from: "load/transactions" };
  const perS = ratePerS(evidence.series("pg-database", "allCommits"));
  return perS === null ? null : { perS, from: "pg-database/allCommits" };
}
