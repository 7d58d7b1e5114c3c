import type { Clock } from "../lib/clock.ts";

/** Where every simulated run begins: 2031-05-04T10:00:00Z. */
const VIRTUAL_EPOCH_MS = Date.UTC(2031, 4, 4, 10);

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * Time that passes only while everybody waits: when nothing is left to do at this instant, the
 * clock jumps to the next timer. Timers of one instant go off in the order in which they were set,
 * so that a simulated run is the same each time.
 *
 * @param startMs where a resumed run goes on; a new run begins at 0.
 */
export function virtualClock(startMs = 0): Clock {
  let nowMs = startMs;
  let order = 0;
  let pumping = false;
  const timers: Timer[] = [];

  const pump = () => {
    const next = timers.shift();
    if (next === undefined) {
      pumping = false;
      return;
    }
    nowMs = next.dueMs;
    next.wake();
    setImmediate(pump);
  };

  return {
    epochMs: VIRTUAL_EPOCH_MS,
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        const onAbort = () => {
          timers.splice(timers.indexOf(timer), 1);
          reject(signal?.reason as Error);
        };
        const wake = () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        order += 1;
        const timer: Timer = { dueMs: nowMs + Math.max(0, ms), order, wake };
        const place = timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
        timers.splice(place === -1 ? timers.length : place, 0, timer);
        signal?.addEventListener("abort", onAbort, { once: true });
        if (pumping) return;
        pumping = true;
        setImmediate(pump);
      }),
  };
}
