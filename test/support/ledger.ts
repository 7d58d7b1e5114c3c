import {
  LEDGER_OUTCOMES,
  type LedgerOutcome,
  type LedgerServer,
} from "../../src/record/ledger-format.ts";
import type { Ledger } from "../../src/record/ledger.ts";

/** A write as a test tells it; instants in ms. */
export interface WriteOf {
  readonly client?: number;
  readonly seq: number;
  readonly outcome?: LedgerOutcome;
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly server?: number;
  readonly lsnBytes?: number;
}

/** A stretch of rows: client, first and last number, and how many rows where not one per number. */
export type StretchOf = readonly [client: number, first: number, last: number, rows?: number];

/** A ledger in memory, of one server and whole where a test says nothing else. */
export function ledgerOf(given: {
  readonly writes: readonly WriteOf[];
  /** `null`: never read. */
  readonly table: readonly StretchOf[] | null;
  readonly servers?: readonly LedgerServer[];
  readonly clients?: number;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly isWhole?: boolean;
  readonly indexRows?: number | null;
}): Ledger {
  const { writes, table, servers = [serverOf("1")], clients = 1, indexRows = null } = given;
  return {
    writes: {
      count: writes.length,
      client: Int32Array.from(writes, ({ client = 0 }) => client),
      seq: Uint32Array.from(writes, ({ seq }) => seq),
      outcome: Uint8Array.from(writes, ({ outcome = "ok" }) => LEDGER_OUTCOMES.indexOf(outcome)),
      sentUs: Float64Array.from(writes, ({ sentMs }) => sentMs * 1000),
      answeredUs: Float64Array.from(writes, ({ answeredMs }) => answeredMs * 1000),
      server: Int16Array.from(writes, ({ server = 0 }) => server),
      lsnBytes: Float64Array.from(writes, ({ lsnBytes = NaN }) => lsnBytes),
    },
    servers,
    clients,
    startMs: given.startMs ?? null,
    endMs: given.endMs ?? null,
    isWhole: given.isWhole ?? true,
    final:
      table === null
        ? null
        : {
            server: null,
            stretches: table.length,
            client: Int32Array.from(table, ([client]) => client),
            firstSeq: Float64Array.from(table, ([, first]) => first),
            lastSeq: Float64Array.from(table, ([, , last]) => last),
            rows: Float64Array.from(table, ([, first, last, rows]) => rows ?? last - first + 1),
            indexRows,
          },
    damage: [],
  };
}

export function serverOf(start: string, changed: Partial<LedgerServer> = {}): LedgerServer {
  return { start, address: "10.0.0.1", port: 5432, timeline: 1, ...changed };
}

/** One write per number of one client, 10 ms apart, each answered 5 ms after it was sent. */
export function steadyWrites(
  count: number,
  changed: Omit<Partial<WriteOf>, "seq"> & {
    readonly fromMs?: number;
    readonly firstSeq?: number;
  } = {},
): WriteOf[] {
  const { fromMs = 0, firstSeq = 1, ...rest } = changed;
  return Array.from({ length: count }, (_, i) => ({
    seq: firstSeq + i,
    sentMs: fromMs + i * 10,
    answeredMs: fromMs + i * 10 + 5,
    ...rest,
  }));
}
