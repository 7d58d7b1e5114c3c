import type { ErrorSeen, ScriptInterval, TrialError } from "../../contracts/workload.ts";
import { countFailures } from "./count-failures.ts";
import { countLatency } from "./latency-counts.ts";
import { ENDED, type LogSink } from "./parse-log.ts";
import { waitForSeconds, type SecondCounts } from "./waiting-seconds.ts";

/** Length of an interval. */
const INTERVAL_MS = 1000;
/**
 * Seconds wait for the slowest thread, since pgbench writes its log 4 kB at a time. So much may
 * wait; then the oldest second is given out as it is.
 */
const WAITING_BYTES_MAX = 48 * 1024 * 1024;
/** A second costs memory even where nothing was answered in it. */
const WAITING_SECONDS_MAX = 3600;
/** pgbench's clock and ours are read at different moments, and one of them in whole milliseconds. */
const CLOCK_SLACK_MS = 250;

/** Everything that was counted, over the whole load. */
export interface LogTotals {
  transactions: number;
  /** In all; the two kinds are told only by pgbench 15 and later. */
  failed: number;
  serializationFailures: number;
  deadlockFailures: number;
  skipped: number;
  retried: number;
  /** Lines that came after their second had been given out, and were counted in a later one. */
  late: number;
  /** By how much the log's times were moved, since the machine's clock had been set meanwhile. */
  clockShiftMs: number;
}

/** One second, complete; `atMs` is its end on the run's clock. */
export interface LogSecond {
  readonly atMs: number;
  readonly intervalMs: number;
  readonly scripts: readonly ScriptInterval[];
}

export interface LogDigestOptions {
  readonly threads: number;
  /** Names, in the order of their numbers in the log. */
  readonly scripts: readonly string[];
  readonly openLoop: boolean;
  /** When pgbench was started, on the run's clock; the seconds are counted from here. */
  readonly startMs: number;
  /** UTC milliseconds of instant 0 of the run's clock, and that clock. */
  readonly epochMs: number;
  now(): number;
  onSecond(second: LogSecond): void;
  /** The first failed transaction of its kind. */
  onFailure(error: ErrorSeen): void;
}

/** Turns the log lines of several threads into seconds: in order, each once, none left out. */
export interface LogDigest {
  /** One per thread: where its lines go. */
  readonly sinks: readonly LogSink[];
  /** Of the seconds that were given out. */
  readonly totals: Readonly<LogTotals>;
  /** Kinds of failed transactions in the log. */
  failures(): TrialError[];
  /** Counts a transaction that is in no log, since its client died in it. */
  addLost(kind: "failed" | "unknown", script: number, atMs: number): void;
  /** Gives out the seconds that every thread has left behind. */
  giveComplete(): void;
  /** Gives out the rest, up to `endMs`. */
  giveRest(endMs: number): void;
}

export function digestLog(options: LogDigestOptions): LogDigest {
  const { scripts, openLoop, startMs, onSecond, now } = options;
  const waiting = waitForSeconds(scripts, openLoop);
  const failures = countFailures(scripts, (error) => options.onFailure(error));
  /** The newest second that each thread has written about. */
  const seen = Array.from({ length: options.threads }, () => -1);
  const totals: LogTotals = {
    transactions: 0,
    failed: 0,
    serializationFailures: 0,
    deadlockFailures: 0,
    skipped: 0,
    retried: 0,
    late: 0,
    clockShiftMs: 0,
  };
  let base = splitEpoch(options.epochMs + startMs);
  let isAligned = false;
  /** The first second that has not been given out. */
  let next = 0;

  /** Our clock says when the first line can have been written; the log's must agree. */
  function align(epochS: number, epochUs: number): void {
    isAligned = true;
    const sinceMs = (epochS - base.s) * 1000 + (epochUs - base.us) / 1000;
    const isPossible = sinceMs >= -CLOCK_SLACK_MS && sinceMs <= now() - startMs + CLOCK_SLACK_MS;
    if (isPossible) return;
    totals.clockShiftMs = -sinceMs;
    base = { s: epochS, us: epochUs };
  }

  /** Where a line belongs: its second, or where that was given out already, the next one. */
  function countsOf(thread: number, second: number, script: number): SecondCounts {
    if (second > seen[thread]!) seen[thread] = second;
    if (second >= next) return waiting.of(second, script);
    totals.late += 1;
    return waiting.of(next, script);
  }

  function makeSink(thread: number): LogSink {
    // A thread's neighbouring lines mostly are of the same second and script.
    let lastSecond = -1;
    let lastScript = -1;
    let lastNext = -1;
    let counts: SecondCounts | null = null;
    return {
      add(ended, script, us, epochS, epochUs, lagUs, retries) {
        if (!isAligned) align(epochS, epochUs);
        const second = Math.max(0, epochS - base.s - (epochUs < base.us ? 1 : 0));
        if (
          counts === null ||
          second !== lastSecond ||
          script !== lastScript ||
          next !== lastNext
        ) {
          counts = countsOf(thread, second, script);
          lastSecond = second < next ? -1 : second;
          lastScript = script;
          lastNext = next;
        }
        counts.retried += retries;
        if (ended === ENDED.ok) {
          counts.transactions += 1;
          countLatency((counts.latency ??= waiting.newTable()), us);
          if (!openLoop) return;
          // Both were rounded on their own.
          countLatency((counts.service ??= waiting.newTable()), us > lagUs ? us - lagUs : 0);
          countLatency((counts.lag ??= waiting.newTable()), lagUs);
        } else if (ended === ENDED.skipped) {
          counts.skipped += 1;
        } else {
          counts.failed += 1;
          totals.failed += 1;
          failures.add(ended, script, Math.round(startMs + second * INTERVAL_MS));
          if (ended === ENDED.serialization) totals.serializationFailures += 1;
          if (ended === ENDED.deadlock) totals.deadlockFailures += 1;
        }
      },
    };
  }

  function give(lengthMs: number): void {
    const atMs = startMs + next * INTERVAL_MS + lengthMs;
    const intervals = waiting.take(next);
    for (const { transactions, skipped, retried } of intervals) {
      totals.transactions += transactions;
      totals.skipped += skipped;
      totals.retried += retried;
    }
    onSecond({ atMs, intervalMs: lengthMs, scripts: intervals });
    next += 1;
  }

  const isTooMuch = () =>
    waiting.tableBytes() > WAITING_BYTES_MAX || Math.max(...seen) - next > WAITING_SECONDS_MAX;

  return {
    sinks: seen.map((_, thread) => makeSink(thread)),
    totals,
    failures: () => failures.failures(),
    addLost(kind, script, atMs) {
      const second = Math.max(next, Math.floor((atMs - startMs) / INTERVAL_MS));
      waiting.of(second, script)[kind] += 1;
    },
    giveComplete() {
      const complete = Math.min(...seen);
      while (next < complete) give(INTERVAL_MS);
      while (next < Math.max(...seen) && isTooMuch()) give(INTERVAL_MS);
    },
    giveRest(endMs) {
      const newest = Math.max(-1, ...waiting.seconds.keys());
      const whole = Math.max(newest, Math.floor((endMs - startMs) / INTERVAL_MS));
      while (next < whole) give(INTERVAL_MS);
      const restMs = endMs - startMs - next * INTERVAL_MS;
      const hasCounts = waiting.seconds.has(next);
      // An empty piece at the end is the time that pgbench took to go, not an outage.
      if (hasCounts) give(restMs > 0 && restMs < INTERVAL_MS ? restMs : INTERVAL_MS);
      else if (restMs >= INTERVAL_MS / 2) give(Math.min(restMs, INTERVAL_MS));
    },
  };
}

/** UTC milliseconds as whole seconds and microseconds: differences of these stay exact. */
function splitEpoch(epochMs: number): { readonly s: number; readonly us: number } {
  const s = Math.floor(epochMs / 1000);
  return { s, us: Math.round((epochMs - s * 1000) * 1000) };
}
