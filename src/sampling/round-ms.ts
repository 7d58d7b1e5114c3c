/** A tenth of a millisecond is finer than any reading, and short to write. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
