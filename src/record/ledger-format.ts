/**
 * The ledger of acknowledged writes on disk: every write that the clients sent, and how it ended.
 *
 * `ledger/<trial>.<thread>.csv`, appended to by one thread of the load, each line before the client
 * that it tells of sends its next write; where several workers carry the load,
 * `ledger/<trial>.<worker>-<thread>.csv`, empty where the worker was lost:
 *
 * ```
 * #pgdyno-ledger 1
 * #clients 8
 * #client,seq,outcome,sent_us,took_us,server,lsn
 * S0,1763800675.123456,127.0.0.1,5432,1     a server: number, start, address, port, timeline
 * 3,17,o,1234567,733,0,0/1A2B3C4D           a write
 * E12345,1000123,9000456                    end: lines of writes, begin and end of the load in µs
 * ```
 *
 * `client` is an identity, not a connection: a client that does not know how a write ended goes on
 * as another one, `#clients` higher, and never uses the old one again. `seq` grows by one from 1.
 * Instants are microseconds of the run's clock; `took_us` ends with the answer or with the loss of
 * the connection. `server` is empty where none had answered, `lsn` where no row came back: it is the
 * insert position when the row was written, so the commit lies behind it. `start` of a server is
 * `pg_postmaster_start_time()` in Unix seconds; its other fields are empty where they were not told,
 * its address and port through a Unix socket. A file without an `E` line was cut short.
 *
 * `ledger/<trial>.final.csv` is what the table held afterwards, read from the heap:
 *
 * ```
 * #pgdyno-ledger-final 1
 * #client,first_seq,last_seq,rows
 * S0,1763800675.123456,127.0.0.1,5432,1
 * I12345                                    rows that the primary key's index has
 * 3,1,17,17                                 an unbroken stretch; more rows than numbers: duplicates
 * E1                                        end: lines of stretches
 * ```
 */
/** First line of a ledger: format and version. */
export const LEDGER_HEAD = "#pgdyno-ledger 1";
/** Second line of a ledger: its columns. */
export const LEDGER_COLUMNS = "#client,seq,outcome,sent_us,took_us,server,lsn";
/** First line of a final read. */
export const LEDGER_FINAL_HEAD = "#pgdyno-ledger-final 1";
/** Second line of a final read: its columns. */
export const LEDGER_FINAL_COLUMNS = "#client,first_seq,last_seq,rows";

/** Part of the file's name in place of a worker's number. */
export const LEDGER_FINAL = "final";

/**
 * `ok`: acknowledged. `ok_warn`: acknowledged, and the promise taken back on the same answer.
 * `fail`: certainly not done. `unknown`: perhaps done.
 */
export type LedgerOutcome = "ok" | "ok_warn" | "fail" | "unknown";

/** In the order of their codes in a ledger in memory. */
export const LEDGER_OUTCOMES: readonly LedgerOutcome[] = ["ok", "ok_warn", "fail", "unknown"];

/** How each outcome stands in the file. */
export const LEDGER_LETTERS: Readonly<Record<LedgerOutcome, string>> = {
  ok: "o",
  ok_warn: "w",
  fail: "f",
  unknown: "u",
};

/** One life of a server, from its start to its end. `null`: not told. */
export interface LedgerServer {
  /** Unix seconds, as the server wrote them: microseconds tell two servers apart. */
  readonly start: string;
  /** As the server sees itself; `null` through a Unix socket. */
  readonly address: string | null;
  readonly port: number | null;
  readonly timeline: number | null;
}

/** The line of a server, with its line feed. */
export function formatLedgerServer(index: number, server: LedgerServer): string {
  const { start, address, port, timeline } = server;
  return `S${index},${start},${address ?? ""},${port ?? ""},${timeline ?? ""}\n`;
}
