import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;

/**
 * Hands over the whole lines of a file as ranges of bytes, without their line feeds. The bytes are
 * only valid during the call.
 *
 * @returns whether something stood behind the last line feed: a line that was cut short.
 */
export function readLinesAsBytes(
  file: string,
  onLine: (bytes: Buffer, from: number, to: number) => void,
): boolean {
  const fd = openSync(file, "r");
  try {
    let buffer = Buffer.alloc(CHUNK_BYTES);
    let kept = 0;
    for (;;) {
      const read = readSync(fd, buffer, kept, buffer.length - kept, null);
      if (read === 0) return kept > 0;
      const end = kept + read;
      let from = 0;
      for (
        let to = buffer.indexOf(0x0a, kept);
        to >= 0 && to < end;
        to = buffer.indexOf(0x0a, from)
      ) {
        onLine(buffer, from, to);
        from = to + 1;
      }
      kept = end - from;
      buffer.copyWithin(0, from, end);
      // Nothing behind the end may look like a line.
      buffer.fill(0, kept);
      if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(CHUNK_BYTES)]);
    }
  } finally {
    closeSync(fd);
  }
}
