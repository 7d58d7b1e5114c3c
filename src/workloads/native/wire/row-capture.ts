/** Takes the rows of an answer. The payloads are only valid during the call. */
export interface RowSink {
  /** Takes a RowDescription. */
  describe(payload: Buffer): void;
  /** Takes a DataRow. */
  add(payload: Buffer): void;
  /** A statement is complete. */
  endResult(): void;
}

interface Result {
  readonly columns: string[];
  /** Those that are kept. */
  readonly rows: (string | null)[][];
  /** How many there were. */
  rowCount: number;
}

/** The rows of an answer as text, for the few places that want them. */
export class RowCapture implements RowSink {
  /** Column names of each result, and its rows; one entry per statement that gave rows. */
  readonly results: Result[] = [];
  /** Per finished statement, in order: whether it gave rows. */
  readonly gaveRows: boolean[] = [];
  private current: Result | null = null;
  private readonly keeps: "all" | "last";

  /** `last`: only the last row of each result, however large it is. */
  constructor(keeps: "all" | "last" = "all") {
    this.keeps = keeps;
  }

  /** Takes a RowDescription. */
  describe(payload: Buffer): void {
    const columns: string[] = [];
    let at = 2;
    for (let left = payload.readInt16BE(0); left > 0; left--) {
      const end = payload.indexOf(0, at);
      columns.push(payload.toString("utf8", at, end));
      at = end + 19;
    }
    this.current = { columns, rows: [], rowCount: 0 };
    this.results.push(this.current);
  }

  /** Takes a DataRow. */
  add(payload: Buffer): void {
    const row: (string | null)[] = [];
    let at = 2;
    for (let left = payload.readInt16BE(0); left > 0; left--) {
      const length = payload.readInt32BE(at);
      at += 4;
      row.push(length < 0 ? null : payload.toString("utf8", at, at + length));
      at += Math.max(0, length);
    }
    const { current } = this;
    if (current === null) return;
    current.rowCount++;
    if (this.keeps === "last") current.rows.length = 0;
    current.rows.push(row);
  }

  /** A statement is complete. */
  endResult(): void {
    this.gaveRows.push(this.current !== null);
    this.current = null;
  }
}
