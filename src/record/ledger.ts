import type { LedgerServer } from "./ledger-format.ts";

/** The ledger of one trial in memory: what the clients sent, and what the table held afterwards. */
export interface Ledger {
  readonly writes: LedgerWrites;
  /** As `writes.server` counts them, over all workers. */
  readonly servers: readonly LedgerServer[];
  /** Clients of the load: identity modulo this is the client. */
  readonly clients: number;
  /** When the load began and ended, ms of the run's clock; `null` where every file was cut short. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** Whether every worker ended its file, so that no write is missing from it. */
  readonly isWhole: boolean;
  /** `null` where the table was not read afterwards. */
  readonly final: LedgerFinalRead | null;
  /** What could not be read, as sentences. */
  readonly damage: readonly string[];
}

/**
 * Writes in columns, 35 bytes each. Those of one client stand in the order in which they ended.
 * Only the first `count` places of each column are in use.
 */
export interface LedgerWrites {
  readonly count: number;
  readonly client: Int32Array;
  readonly seq: Uint32Array;
  /** Index into `LEDGER_OUTCOMES`. */
  readonly outcome: Uint8Array;
  /** Microseconds of the run's clock. */
  readonly sentUs: Float64Array;
  readonly answeredUs: Float64Array;
  /** -1 where none had answered. */
  readonly server: Int16Array;
  /** WAL insert position in bytes; NaN where no row came back. */
  readonly lsnBytes: Float64Array;
}

/** What the table held, as unbroken stretches in order of client and number. */
export interface LedgerFinalRead {
  readonly server: LedgerServer | null;
  readonly stretches: number;
  readonly client: Int32Array;
  readonly firstSeq: Float64Array;
  readonly lastSeq: Float64Array;
  /** More than the stretch has numbers: duplicates. */
  readonly rows: Float64Array;
  /** Rows that the primary key's index has; `null` where it was not asked. */
  readonly indexRows: number | null;
}

/** A ledger that is read from the disk each time it is asked for, since one may have millions of writes. */
export interface LedgerSource {
  /** @throws {DynoError} RECORD_UNREADABLE */
  readonly ledger: Ledger;
}
