import type { LoadInterval, ScriptInterval } from "../contracts/workload.ts";
import type { EncodedInterval, EncodedScript } from "./encode-interval.ts";
import { addCounts, noCounts, toHistogram, type BucketCounts } from "./sparse-counts.ts";

const SECOND_MS = 1000;
/**
 * A second waits for the slowest worker; pgbench writes its log 4 kB at a time, so that of a slow load
 * it may tell minutes later. After so many, the oldest is given out as it is.
 */
const WAITING_SECONDS_MAX = 3600;

const COUNTS = ["transactions", "failed", "skipped", "retried", "unknown"] as const;
const PARTS = ["latency", "service", "lag"] as const;

type ScriptSum = Record<(typeof COUNTS)[number], number> & {
  readonly [Part in (typeof PARTS)[number]]: BucketCounts | null;
};

/** What all workers told of one second so far. */
interface SecondSum {
  startMs: number;
  endMs: number;
  readonly scripts: Map<string, ScriptSum>;
  readonly workers: NonNullable<LoadInterval["workers"]>[number][];
  /** Core-milliseconds; `null` where one of them could not tell. */
  coreMs: number | null;
  eventLoopDelayMsP99: number | null;
  /** Fell due; `null` where none of them told. */
  offered: number | null;
}

/**
 * Adds the same second of all workers up, exactly: counts as sums, histograms bucket by bucket. Each
 * part is added when it comes and is not kept, so memory does not grow with the number of workers.
 */
export class IntervalMerger {
  readonly #startMs: number;
  readonly #workers: readonly string[];
  readonly #onInterval: (interval: LoadInterval) => void;
  readonly #sums = new Map<number, SecondSum>();
  /** The newest second of each worker that still tells. */
  readonly #newest = new Map<string, number>();
  /** The first second that has not been given out, and where the last one ended. */
  #next = 0;
  #endMs: number;

  constructor(about: {
    /** When the load began, on the run's clock: seconds are counted from here. */
    readonly startMs: number;
    readonly workers: readonly string[];
    readonly onInterval: (interval: LoadInterval) => void;
  }) {
    this.#startMs = about.startMs;
    this.#workers = about.workers;
    this.#endMs = about.startMs;
    this.#onInterval = about.onInterval;
    for (const name of about.workers) this.#newest.set(name, -1);
  }

  /** @throws {RangeError} where the bytes are no histograms */
  add(worker: string, interval: EncodedInterval, bytes: Buffer): void {
    const { atMs, intervalMs } = interval;
    const second = Math.floor((atMs - intervalMs / 2 - this.#startMs) / SECOND_MS);
    // What comes after its second was given out counts in the next one: nothing is left out.
    addTo(this.#sumOf(Math.max(second, this.#next)), worker, interval, bytes);
    this.#newest.set(worker, Math.max(second, this.#newest.get(worker) ?? -1));
    this.#giveComplete();
  }

  /** That worker tells no more: its load has ended, or it is lost. */
  end(worker: string): void {
    this.#newest.delete(worker);
    if (this.#newest.size > 0) this.#giveComplete();
    else for (const second of this.#waiting()) this.#give(second);
  }

  #sumOf(second: number): SecondSum {
    let sum = this.#sums.get(second);
    if (sum === undefined) {
      sum = {
        startMs: Infinity,
        endMs: -Infinity,
        scripts: new Map(),
        workers: [],
        coreMs: 0,
        eventLoopDelayMsP99: null,
        offered: null,
      };
      this.#sums.set(second, sum);
    }
    return sum;
  }

  #giveComplete(): void {
    const complete = Math.min(...this.#newest.values());
    const seconds = this.#waiting();
    const newest = seconds.at(-1) ?? 0;
    for (const second of seconds) {
      if (second > complete && newest - second < WAITING_SECONDS_MAX) return;
      this.#give(second);
    }
  }

  #waiting(): number[] {
    return [...this.#sums.keys()].sort((a, b) => a - b);
  }

  #give(second: number): void {
    const sum = this.#sums.get(second)!;
    this.#sums.delete(second);
    this.#next = second + 1;
    // Workers' seconds end some milliseconds apart: one begins where the last one ended.
    const isNext = sum.startMs - this.#endMs < SECOND_MS / 2;
    const startMs = isNext ? this.#endMs : sum.startMs;
    this.#endMs = Math.max(sum.endMs, startMs + 1);
    for (const name of this.#workers) {
      if (sum.workers.some((told) => told.name === name)) continue;
      sum.workers.push({ name, cores: null, eventLoopDelayMsP99: null });
    }
    this.#onInterval(toInterval(sum, this.#endMs, this.#endMs - startMs));
  }
}

function addTo(sum: SecondSum, worker: string, interval: EncodedInterval, bytes: Buffer): void {
  const { atMs, intervalMs, generatorCores, eventLoopDelayMsP99, offeredTps } = interval;
  sum.startMs = Math.min(sum.startMs, atMs - intervalMs);
  sum.endMs = Math.max(sum.endMs, atMs);
  sum.workers.push({ name: worker, cores: generatorCores, eventLoopDelayMsP99 });
  sum.coreMs =
    sum.coreMs === null || generatorCores === null
      ? null
      : sum.coreMs + generatorCores * intervalMs;
  if (eventLoopDelayMsP99 !== null) {
    sum.eventLoopDelayMsP99 = Math.max(sum.eventLoopDelayMsP99 ?? 0, eventLoopDelayMsP99);
  }
  if (offeredTps !== undefined) {
    sum.offered = (sum.offered ?? 0) + (offeredTps * intervalMs) / SECOND_MS;
  }
  let at = 0;
  for (const script of interval.scripts) at = addScript(sum.scripts, script, bytes, at);
}

/** @returns where the bytes of the next script begin */
function addScript(
  scripts: SecondSum["scripts"],
  told: EncodedScript,
  bytes: Buffer,
  from: number,
): number {
  let sum = scripts.get(told.script);
  if (sum === undefined) {
    const counts = (length: number | null) => (length === null ? null : noCounts());
    sum = {
      transactions: 0,
      failed: 0,
      skipped: 0,
      retried: 0,
      unknown: 0,
      latency: counts(told.latency),
      service: counts(told.service),
      lag: counts(told.lag),
    };
    scripts.set(told.script, sum);
  }
  for (const name of COUNTS) sum[name] += told[name];
  let at = from;
  for (const part of PARTS) {
    const length = told[part];
    const counts = sum[part];
    if (length === null || counts === null) continue;
    addCounts(counts, bytes.subarray(at, at + length));
    at += length;
  }
  return at;
}

function toInterval(sum: SecondSum, atMs: number, intervalMs: number): LoadInterval {
  const scripts = [...sum.scripts].map(
    ([script, { latency, service, lag, ...counts }]): ScriptInterval => ({
      script,
      ...counts,
      latency: toHistogram(latency ?? noCounts()),
      service: service === null ? null : toHistogram(service),
      lag: lag === null ? null : toHistogram(lag),
    }),
  );
  return {
    atMs,
    intervalMs,
    scripts,
    eventLoopDelayMsP99: sum.eventLoopDelayMsP99,
    generatorCores: sum.coreMs === null ? null : sum.coreMs / intervalMs,
    workers: sum.workers,
    ...(sum.offered === null ? {} : { offeredTps: (sum.offered * SECOND_MS) / intervalMs }),
  };
}
