import type { Histogram } from "hdr-histogram-js";

/** One interval of about a second of one script, as the workload saw it. */
export interface ScriptInterval {
  readonly script: string;
  readonly transactions: number;
  readonly failed: number;
  readonly skipped: number;
  readonly retried: number;
  readonly unknown: number;
  /** Microseconds, of transactions that ended ok; open loop: from the scheduled start. */
  readonly latency: Histogram;
  /** Open loop only: microseconds from the send, and from schedule to send. */
  readonly service: Histogram | null;
  readonly lag: Histogram | null;
}

/** About a second of load, all scripts. */
export interface LoadInterval {
  /** End of the interval on the run's clock, and its length. */
  readonly atMs: number;
  readonly intervalMs: number;
  readonly scripts: readonly ScriptInterval[];
  /** Of the generator itself, where it can tell. */
  readonly eventLoopDelayMsP99: number | null;
  /** Open loop: transactions per second that fell due; absent where the generator does not tell. */
  readonly offeredTps?: number;
  /** Cores that the generator used in this interval. */
  readonly generatorCores: number | null;
  /** Where the load ran on several workers: each on its own. */
  readonly workers?: readonly WorkerInterval[];
}

/** One worker in an interval, as it tells of itself; `null` where it cannot tell. */
export interface WorkerInterval {
  readonly name: string;
  readonly cores: number | null;
  readonly eventLoopDelayMsP99: number | null;
}
