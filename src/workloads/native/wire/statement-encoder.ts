/**
 * Encodes a statement of a script for one of the three protocols. Everything that does not depend
 * on the parameters is encoded once; a call writes the parameters into the same buffer again.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-message-formats.html.
 */
import type { Slot, VariableTable } from "../script/compile-expression.ts";
import type { Protocol, SqlStatement } from "../script/compile-script.ts";
import { splitParameters } from "../../../lib/pgbench-script/split-parameters.ts";
import { formatValue } from "../../../lib/pgbench-script/value.ts";
import { encodeMessage, SYNC } from "./messages.ts";
import { writeInteger } from "./write-integer.ts";

/** Longest text of a 64-bit integer, with its sign. */
const INTEGER_BYTES = 20;

export class StatementEncoder {
  /** Parse message of the prepared protocol, to be sent once per connection. */
  readonly parse: Buffer | null;
  /** What to send, `[0, encode())`. Shared: it is overwritten by the next call. */
  bytes: Buffer;
  /** ReadyForQuery messages that the answer will hold. */
  readonly answers: number;

  /** Bytes beside one long text that an encoded statement may need. */
  private readonly room: number;
  private readonly prefixLength: number;
  /** Offset of the length field that grows with the parameters. */
  private readonly lengthAt: number;
  private readonly trailer: Buffer;
  private readonly slots: readonly number[];
  /** Simple protocol: the fixed texts around the values; `null` in the others. */
  private readonly texts: readonly Buffer[] | null;
  /** Simple protocol: what stands there while a variable is unset. */
  private readonly names: readonly string[];
  /** The statement with `$1`, `$2`, … for its variables. */
  private readonly numbered: string;

  constructor(statement: SqlStatement, protocol: Protocol, name: string, variables: VariableTable) {
    const { texts, names } = splitParameters(statement.text);
    this.slots = names.map((variable) => variables.slotOf(variable));
    this.names = names;
    const numbered = texts
      .map((text, i) => (i < names.length ? `${text}$${i + 1}` : text))
      .join("");
    this.numbered = numbered;
    this.answers = statement.pipelined ? 0 : 1;
    this.parse = null;
    let prefix: Buffer;
    if (protocol === "simple") {
      this.texts = texts.map((text) => Buffer.from(text, "utf8"));
      this.lengthAt = 1;
      prefix = Buffer.from("Q\0\0\0\0", "latin1");
      this.trailer = Buffer.from("\0");
    } else {
      this.texts = null;
      const prepared = protocol === "prepared";
      const parse = encodeParse(prepared ? name : "", numbered);
      if (prepared) this.parse = parse;
      const before = prepared ? Buffer.alloc(0) : parse;
      this.lengthAt = before.length + 1;
      prefix = Buffer.concat([before, encodeBindHead(prepared ? name : "", names.length)]);
      this.trailer = encodeTrailer(statement.capture !== null, statement.pipelined);
    }
    this.prefixLength = prefix.length;
    const text = this.texts?.reduce((sum, part) => sum + part.length, 0) ?? 0;
    this.room = prefix.length + names.length * (4 + INTEGER_BYTES) + text + this.trailer.length;
    this.bytes = Buffer.alloc(this.room);
    prefix.copy(this.bytes);
  }

  /** Writes the parameters. @returns how many of `bytes` to send. */
  encode(slots: readonly Slot[]): number {
    const end = this.texts === null ? this.encodeBind(slots) : this.encodeText(slots, this.texts);
    const { bytes, trailer } = this;
    for (let i = 0; i < trailer.length; i++) bytes[end + i] = trailer[i] as number;
    // The length counts the Bind's two bytes of result formats, or the Query's final zero.
    const length = end - this.lengthAt + (this.texts === null ? 2 : 1);
    writeInt32(bytes, this.lengthAt, length);
    return end + trailer.length;
  }

  /** The statement as the server reads it: positions in its errors count in this text. */
  textFor(slots: readonly Slot[]): string {
    if (this.texts === null) return this.numbered;
    const end = this.encodeText(slots, this.texts);
    return this.bytes.toString("utf8", this.prefixLength, end);
  }

  private encodeBind(slots: readonly Slot[]): number {
    let at = this.prefixLength;
    for (let i = 0; i < this.slots.length; i++) {
      const value = slots[this.slots[i] as number];
      if (value === undefined) {
        writeInt32(this.bytes, at, -1);
        at += 4;
        continue;
      }
      const end = this.writeValue(value, at + 4);
      writeInt32(this.bytes, at, end - at - 4);
      at = end;
    }
    return at;
  }

  private encodeText(slots: readonly Slot[], texts: readonly Buffer[]): number {
    let at = this.prefixLength;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i] as Buffer;
      text.copy(this.bytes, at);
      at += text.length;
      if (i === this.slots.length) break;
      const value = slots[this.slots[i] as number];
      at = this.writeValue(value === undefined ? `:${this.names[i] as string}` : value, at);
    }
    return at;
  }

  private writeValue(value: Exclude<Slot, undefined>, at: number): number {
    if (typeof value === "number") return writeInteger(this.bytes, at, value);
    const text = typeof value === "string" ? value : formatValue(value);
    const length = Buffer.byteLength(text, "utf8");
    if (length > INTEGER_BYTES && at + length + this.room > this.bytes.length) {
      const larger = Buffer.alloc(2 * (at + length + this.room));
      this.bytes.copy(larger);
      this.bytes = larger;
    }
    return at + this.bytes.write(text, at, "utf8");
  }
}

function encodeParse(name: string, sql: string): Buffer {
  return encodeMessage("P", Buffer.concat([Buffer.from(`${name}\0${sql}\0`), Buffer.alloc(2)]));
}

/** The Bind message up to its first parameter, its length still 0. */
function encodeBindHead(name: string, parameters: number): Buffer {
  const counts = Buffer.alloc(4);
  counts.writeInt16BE(parameters, 2);
  return Buffer.concat([Buffer.from(`B\0\0\0\0\0${name}\0`), counts]);
}

/** What follows the parameters: result formats, Describe where names are wanted, Execute, Sync. */
function encodeTrailer(describes: boolean, pipelined: boolean): Buffer {
  const parts: Buffer[] = [Buffer.alloc(2)];
  if (describes) parts.push(encodeMessage("D", "P\0"));
  parts.push(encodeMessage("E", Buffer.alloc(5)));
  if (!pipelined) parts.push(SYNC);
  return Buffer.concat(parts);
}

function writeInt32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
