/** What a load presses on: a database through SQL, a volume through files, a service through its address. */
export type LoadResource = "sql" | "volume" | "url";

/** What a load counts. In records and reports `transactions`, `tps` and the like are counts of this. */
export type LoadUnit = "transactions" | "operations" | "requests" | "orders";

/** What a workload loads, and what it counts. */
export interface LoadKind {
  readonly resource: LoadResource;
  readonly unit: LoadUnit;
}

/** How a unit is told. */
export interface UnitWords {
  readonly one: string;
  readonly many: string;
  /** Behind a figure: `1,000 tps`. */
  readonly perSecond: string;
  /** In a sentence, or over an axis. */
  readonly perSecondLong: string;
}

/** The words of each unit. */
export const UNIT_WORDS: Readonly<Record<LoadUnit, UnitWords>> = {
  transactions: words("transaction", "transactions", "tps"),
  operations: words("I/O operation", "I/O operations", "IOPS"),
  requests: words("request", "requests", "requests/s"),
  orders: words("order", "orders", "orders/s"),
};

/** The kind of a recorded load; a record that does not say is of a time when all were the same. */
export function loadKindOf(
  { loads }: { readonly loads?: Readonly<Record<string, LoadKind>> },
  workload: string,
): LoadKind {
  return loads?.[workload] ?? { resource: "sql", unit: "transactions" };
}

/** What several loads count per second, short; `per second` where they count different things. */
export function commonRate(units: readonly LoadUnit[]): string {
  const [only = "transactions", ...others] = new Set(units);
  return others.length === 0 ? UNIT_WORDS[only].perSecond : "per second";
}

function words(one: string, many: string, perSecond: string): UnitWords {
  return { one, many, perSecond, perSecondLong: `${many} per second` };
}
