import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 16;
const LINE_FEED = 0x0a;

/**
 * Takes away what stands behind the last line feed of a file: a line that a crash cut short, and that the next
 * one would be joined to. Safe where there is no such file.
 */
export function cutHalfLine(file: string): void {
  const fd = openOrNull(file);
  if (fd === null) return;
  try {
    const { size } = fstatSync(fd);
    const end = endOfLastLine(fd, size);
    if (end < size) ftruncateSync(fd, end);
  } finally {
    closeSync(fd);
  }
}

function openOrNull(file: string): number | null {
  try {
    return openSync(file, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function endOfLastLine(fd: number, size: number): number {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let to = size; to > 0; to -= CHUNK_BYTES) {
    const from = Math.max(0, to - CHUNK_BYTES);
    readSync(fd, buffer, 0, to - from, from);
    const at = buffer.subarray(0, to - from).lastIndexOf(LINE_FEED);
    if (at >= 0) return from + at + 1;
  }
  return 0;
}
