import type { Ledger } from "../../record/ledger.ts";
import { LEDGER_OUTCOMES } from "../../record/ledger-format.ts";
import type { TrialSecond } from "../model.ts";

/** Every acknowledged write of a trial on the run's clock, in order of time. */
export interface AcknowledgedLine {
  readonly atMs: Float64Array;
  /** When each was sent; empty where only seconds are known. */
  readonly sentMs: Float64Array;
  /** Index of the server that acknowledged it; -1 where it is not known; empty as above. */
  readonly server: Int16Array;
  readonly endMs: number;
  /** Below this nothing can be told apart: 0 for a ledger, a second for counts. */
  readonly grainMs: number;
}

/** From the ledger: microseconds, every client and server by itself. */
export function lineOfLedger({ writes, endMs }: Ledger): AcknowledgedLine {
  const { count, outcome, answeredUs, sentUs, server } = writes;
  const order: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const name = LEDGER_OUTCOMES[outcome[i]!];
    if (name === "ok" || name === "ok_warn") order.push(i);
  }
  order.sort((a, b) => answeredUs[a]! - answeredUs[b]!);
  const atMs = Float64Array.from(order, (i) => answeredUs[i]! / 1000);
  return {
    atMs,
    sentMs: Float64Array.from(order, (i) => sentUs[i]! / 1000),
    server: Int16Array.from(order, (i) => server[i]!),
    endMs: endMs ?? atMs.at(-1) ?? 0,
    grainMs: 0,
  };
}

/** From counts of seconds, where no ledger was kept: the writes of a second stand evenly in it. */
export function lineOfSeconds(seconds: readonly TrialSecond[]): AcknowledgedLine {
  const instants: number[] = [];
  seconds.forEach(({ atMs, tps }, i) => {
    const startMs = seconds[i - 1]?.atMs ?? atMs - 1000;
    const n = Math.round((tps * (atMs - startMs)) / 1000);
    for (let k = 0; k < n; k += 1) instants.push(startMs + ((k + 0.5) * (atMs - startMs)) / n);
  });
  return {
    atMs: Float64Array.from(instants),
    sentMs: new Float64Array(),
    server: new Int16Array(),
    endMs: seconds.at(-1)?.atMs ?? 0,
    grainMs: 1000,
  };
}

/** How many instants lie in `[fromMs, toMs)`. */
export function countBetween(atMs: Float64Array, fromMs: number, toMs: number): number {
  return Math.max(0, firstFrom(atMs, toMs) - firstFrom(atMs, fromMs));
}

/** Index of the first instant at or after `ms`. */
export function firstFrom(atMs: Float64Array, ms: number): number {
  let low = 0;
  let high = atMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (atMs[middle]! < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
