import type { LedgerWrites } from "./ledger.ts";

const CAPACITY_FIRST = 1 << 16;
const COMMA = 0x2c;
const MINUS = 0x2d;

/** Columns that grow as lines are read. */
export class LedgerColumns implements LedgerWrites {
  count = 0;
  client = new Int32Array(CAPACITY_FIRST);
  seq = new Uint32Array(CAPACITY_FIRST);
  outcome = new Uint8Array(CAPACITY_FIRST);
  sentUs = new Float64Array(CAPACITY_FIRST);
  answeredUs = new Float64Array(CAPACITY_FIRST);
  server = new Int16Array(CAPACITY_FIRST);
  lsnBytes = new Float64Array(CAPACITY_FIRST);
  private at = 0;

  /**
   * Takes the line of a write. `serverOf` gives the number of a server of this file over all files.
   *
   * @returns whether it could be read.
   */
  add(
    bytes: Buffer,
    from: number,
    to: number,
    context: {
      readonly codeOf: ReadonlyMap<number, number>;
      readonly serverOf: readonly number[];
    },
  ): boolean {
    if (this.count === this.client.length) this.grow();
    this.at = from;
    const client = this.integer(bytes, to);
    const seq = this.integer(bytes, to);
    const code = context.codeOf.get(bytes[this.at] as number);
    this.at += 2;
    const sentUs = this.integer(bytes, to);
    const tookUs = this.integer(bytes, to);
    const server = bytes[this.at] === COMMA ? NaN : this.integer(bytes, to);
    if (Number.isNaN(server)) this.at++;
    const number = Number.isNaN(server) ? -1 : context.serverOf[server];
    const lsnBytes = this.at === to ? NaN : readLsn(bytes, this.at, to);
    const isLsn = this.at === to || !Number.isNaN(lsnBytes);
    const isWhole = this.at <= to && isLsn && code !== undefined && number !== undefined;
    if (!isWhole || Number.isNaN(client + seq + sentUs + tookUs)) return false;
    const i = this.count++;
    this.client[i] = client;
    this.seq[i] = seq;
    this.outcome[i] = code;
    this.sentUs[i] = sentUs;
    this.answeredUs[i] = sentUs + tookUs;
    this.server[i] = number;
    this.lsnBytes[i] = lsnBytes;
    return true;
  }

  /** An integer up to the next comma, which is skipped; NaN for anything else. */
  private integer(bytes: Buffer, to: number): number {
    let { at } = this;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    let value = at < to && bytes[at] !== COMMA ? 0 : NaN;
    for (; at < to; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (bytes[at] !== COMMA) value = NaN;
    this.at = at + 1;
    return isNegative ? -value : value;
  }

  private grow(): void {
    const capacity = 2 * this.client.length;
    this.client = copy(this.client, new Int32Array(capacity));
    this.seq = copy(this.seq, new Uint32Array(capacity));
    this.outcome = copy(this.outcome, new Uint8Array(capacity));
    this.sentUs = copy(this.sentUs, new Float64Array(capacity));
    this.answeredUs = copy(this.answeredUs, new Float64Array(capacity));
    this.server = copy(this.server, new Int16Array(capacity));
    this.lsnBytes = copy(this.lsnBytes, new Float64Array(capacity));
  }
}

function copy<A extends { set(from: A): void }>(from: A, into: A): A {
  into.set(from);
  return into;
}

/** `16/B374D848` as bytes since the beginning of WAL; NaN for anything else. */
function readLsn(bytes: Buffer, from: number, to: number): number {
  let high = NaN;
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x2f && Number.isNaN(high)) {
      high = value;
      value = 0;
      continue;
    }
    const digit = byte <= 57 ? byte - 48 : (byte | 0x20) - 87;
    if (digit < 0 || digit > 15) return NaN;
    value = value * 16 + digit;
  }
  return high * 2 ** 32 + value;
}
