/** Takes the rows of an answer. The payloads are only valid during the call. */
export interface RowSink {
  /** Takes a RowDescription. */
  describe(payload: Buffer): void;
  /** Takes a DataRow. */
  add(payload: Buffer): void;
  /** A statement is complete. */
  endResult(): void;
}

/** The rows of an answer as text, for the few places that want them. */
export class RowCapture implements RowSink {
  /** Column names of each result, and all its rows; one entry per statement that gave rows. */
  readonly results: { columns: string[]; rows: (string | null)[][] }[] = [];
  /** Per finished statement, in order: whether it gave rows. */
  readonly gaveRows: boolean[] = [];
  private current: { columns: string[]; rows: (string | null)[][] } | null = null;

  /** Takes a RowDescription. */
  describe(payload: Buffer): void {
    const columns: string[] = [];
    let at = 2;
    for (let left = payload.readInt16BE(0); left > 0; left--) {
      const end = payload.indexOf(0, at);
      columns.push(payload.toString("utf8", at, end));
      at = end + 19;
    }
    this.current = { columns, rows: [] };
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
    this.current?.rows.push(row);
  }

  /** A statement is complete. */
  endResult(): void {
    this.gaveRows.push(this.current !== null);
    this.current = null;
  }
}
