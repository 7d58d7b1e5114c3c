import type { Clock } from "../../../src/lib/clock.ts";

/** Virtual time in which something may also be due without anybody awaiting it. */
export interface SimulatedTime extends Clock {
  /** Calls back after so long. @returns forgets it. */
  after(ms: number, due: () => void): () => void;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  due: (() => void) | null;
}

/**
 * Time that passes only while everybody waits, as the engine's `virtualClock`, for many more timers:
 * they stand in a heap, and those that are forgotten cost nothing but their place in it.
 */
export function simulatedTime(): SimulatedTime {
  const heap: Timer[] = [];
  let nowMs = 0;
  let order = 0;
  let isPumping = false;

  const isBefore = (a: Timer, b: Timer) =>
    a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  const push = (timer: Timer) => {
    let place = heap.push(timer) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(timer, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = timer;
  };
  const pop = (): Timer | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
    return first;
  };
  const pump = () => {
    let timer = pop();
    while (timer !== undefined && timer.due === null) timer = pop();
    if (timer === undefined) {
      isPumping = false;
      return;
    }
    nowMs = timer.dueMs;
    timer.due!();
    setImmediate(pump); // Not before all that this has set going waits again.
  };
  const after = (ms: number, due: () => void) => {
    order += 1;
    const timer: Timer = { dueMs: nowMs + Math.max(0, ms), order, due };
    push(timer);
    if (!isPumping) {
      isPumping = true;
      setImmediate(pump);
    }
    return () => {
      timer.due = null;
    };
  };
  return {
    epochMs: 0,
    now: () => nowMs,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal === undefined) return void after(ms, resolve);
        if (signal.aborted) return reject(signal.reason as Error);
        const onAbort = () => {
          forget();
          reject(signal.reason as Error);
        };
        const forget = after(ms, () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        });
        signal.addEventListener("abort", onAbort, { once: true });
      }),
  };
}
