/** The rows of pgbench's tables, as text for COPY. */

/** In the order in which they are filled, for foreign keys that may exist already. */
export const TABLES = ["branches", "tellers", "accounts"] as const;
export type PgbenchTable = (typeof TABLES)[number];

/** Rows per unit of scale. */
const ROWS: Readonly<Record<PgbenchTable, number>> = {
  branches: 1,
  tellers: 10,
  accounts: 100_000,
};

const CHUNK_BYTES = 65_536;
/** No row is longer. */
const ROW_BYTES_MAX = 64;

export function countRows(table: PgbenchTable, scale: number): number {
  return ROWS[table] * scale;
}

/** COPY text in chunks of 64 kB; `onRows` hears how many rows each holds. The buffer is reused. */
export function* copyChunks(
  table: PgbenchTable,
  scale: number,
  onRows: (count: number) => void,
): Generator<Buffer> {
  const total = countRows(table, scale);
  const perBranch = ROWS[table];
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let at = 0;
  let rows = 0;
  for (let row = 1; row <= total; row++) {
    at = writeDigits(chunk, at, row);
    if (table !== "branches") {
      chunk[at++] = TAB;
      at = writeDigits(chunk, at, Math.floor((row - 1) / perBranch) + 1);
    }
    // The balance is 0; the filler is NULL, in accounts an empty text that is padded with blanks.
    at += chunk.write(table === "accounts" ? "\t0\t\n" : "\t0\t\\N\n", at, "latin1");
    rows++;
    if (at < CHUNK_BYTES - ROW_BYTES_MAX && row < total) continue;
    yield chunk.subarray(0, at);
    onRows(rows);
    at = 0;
    rows = 0;
  }
}

const TAB = 9;

function writeDigits(bytes: Buffer, from: number, value: number): number {
  let digits = 1;
  for (let power = 10; value >= power; power *= 10) digits++;
  let rest = value;
  for (let at = from + digits - 1; at >= from; at--) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return from + digits;
}
