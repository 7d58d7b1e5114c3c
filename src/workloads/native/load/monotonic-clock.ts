/**
 * Monotonic milliseconds with the same zero in every thread of the machine. `performance.now` alone
 * counts from each thread's own start, `hrtime.bigint` alone costs several times as much.
 */
export function makeMonotonicClock(): () => number {
  const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return () => performance.now() + offsetMs;
}
