import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;
/** So much of what was read last must still be there, or the file is another one. */
const SEAM_BYTES = 64;
const LINE_FEED = 0x0a;

/** Takes a whole line as a range of bytes, without its line feed. The bytes are only valid during the call. */
export type OnLine = (bytes: Buffer, from: number, to: number) => void;

/**
 * Reads a file to which lines are appended, each line once: every reading goes on where the last one ended. A
 * last line without its line feed waits until it is whole.
 */
export class AppendedLines {
  readonly #file: string;
  /** Behind the last line feed that was read. */
  #offset = 0;
  /** Of the file when it was read last. */
  #size = 0;
  /** The last bytes before the offset. */
  #seam = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
  }

  /** Whether something stands behind the last line feed: a line that was cut short, or is being written. */
  get isCut(): boolean {
    return this.#size > this.#offset;
  }

  /**
   * Hands over the lines that were appended since the last reading. A file that is not there has none.
   *
   * @returns false where the file was written anew meanwhile: nothing was read, and what was made of its
   * earlier lines is void. Where `onLine` throws, this reader is void, too.
   */
  read(onLine: OnLine): boolean {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.#size) return true;
    if (size < this.#offset) return false;
    const fd = openSync(this.#file, "r");
    try {
      if (!this.#isSame(fd)) return false;
      this.#readFrom(fd, onLine);
      return true;
    } finally {
      closeSync(fd);
    }
  }

  #isSame(fd: number): boolean {
    const found = Buffer.alloc(this.#seam.length);
    readSync(fd, found, 0, found.length, this.#offset - found.length);
    return found.equals(this.#seam);
  }

  /** Up to the size that the file has now: who appends faster than this reads does not keep it for ever. */
  #readFrom(fd: number, onLine: OnLine): void {
    this.#size = fstatSync(fd).size;
    let buffer = Buffer.alloc(Math.min(CHUNK_BYTES, this.#size - this.#offset));
    let kept = 0;
    for (;;) {
      const at = this.#offset + kept;
      const length = Math.min(buffer.length - kept, this.#size - at);
      const end = kept + (length === 0 ? 0 : readSync(fd, buffer, kept, length, at));
      if (end === kept) return;
      const from = handOver(buffer, kept, end, onLine);
      if (from > 0) this.#seam = Buffer.from(buffer.subarray(Math.max(0, from - SEAM_BYTES), from));
      this.#offset += from;
      kept = end - from;
      buffer.copyWithin(0, from, end);
      if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(CHUNK_BYTES)]);
    }
  }
}

/** Hands over the whole lines up to `end`, of which the first `kept` bytes hold no line feed; gives the end of the last. */
function handOver(buffer: Buffer, kept: number, end: number, onLine: OnLine): number {
  let from = 0;
  for (
    let to = buffer.indexOf(LINE_FEED, kept);
    to >= 0 && to < end;
    to = buffer.indexOf(LINE_FEED, from)
  ) {
    onLine(buffer, from, to);
    from = to + 1;
  }
  return from;
}
