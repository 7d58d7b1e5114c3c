/**
 * How messages travel: length of the rest, length of the JSON (both 32-bit, big-endian), JSON, bytes.
 */

/** A message and the bytes that came with it. */
export interface Frame {
  readonly message: unknown;
  readonly bytes: Buffer;
}

const HEAD_BYTES = 8;
const NO_BYTES = Buffer.alloc(0);

export function encodeFrame(message: unknown, bytes: Uint8Array = NO_BYTES): Buffer {
  const json = Buffer.from(JSON.stringify(message), "utf8");
  const frame = Buffer.allocUnsafe(HEAD_BYTES + json.length + bytes.length);
  frame.writeUInt32BE(4 + json.length + bytes.length, 0);
  frame.writeUInt32BE(json.length, 4);
  json.copy(frame, HEAD_BYTES);
  frame.set(bytes, HEAD_BYTES + json.length);
  return frame;
}

/** Cuts what comes from a socket into frames. Keeps no more than the frame that is not whole yet. */
export class FrameReader {
  /** Largest frame that is taken; whoever is not known yet may send little. */
  maxBytes: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** @throws {RangeError} for what is no frame, or too large a one. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next whole frame; `null` where none is whole yet. */
  next(): Frame | null {
    if (this.#length < HEAD_BYTES) return null;
    const head = this.#peek(HEAD_BYTES);
    const rest = head.readUInt32BE(0);
    const jsonBytes = head.readUInt32BE(4);
    if (rest > this.maxBytes || jsonBytes + 4 > rest) {
      throw new RangeError("it sent something that is no message of pgdyno");
    }
    if (this.#length < 4 + rest) return null;
    const frame = this.#peek(4 + rest);
    this.#drop(4 + rest);
    const message: unknown = JSON.parse(frame.toString("utf8", HEAD_BYTES, HEAD_BYTES + jsonBytes));
    return { message, bytes: frame.subarray(HEAD_BYTES + jsonBytes) };
  }

  /** The first bytes in one piece. */
  #peek(length: number): Buffer {
    const first = this.#chunks[0]!;
    if (first.length >= length) return first.subarray(0, length);
    const whole = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [whole];
    return whole.subarray(0, length);
  }

  #drop(length: number): void {
    const first = this.#chunks[0]!;
    this.#length -= length;
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
  }
}
