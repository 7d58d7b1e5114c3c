import type { SparseCounts } from "./latency-histogram.ts";

/** How transactions ended. */
export interface OutcomeCounts {
  /** Ended ok; those among them without the usual promise are in `okWarn` too. */
  readonly transactions: number;
  readonly okWarn: number;
  readonly failed: number;
  /** Open loop with a latency limit: due too long ago, and never sent. */
  readonly skipped: number;
  readonly retried: number;
  readonly unknown: number;
}

/** One script in one interval of one worker. */
export interface ScriptCounts extends OutcomeCounts {
  readonly latency: SparseCounts;
  readonly service: SparseCounts;
  readonly lag: SparseCounts;
}

/** Per statement, in the order of the script: how long its answers took in sum, as `pgbench -r`. */
export interface StatementCounts {
  readonly count: number;
  readonly sumMs: number;
  readonly failures: number;
}

export interface WorkerSecond {
  readonly is: "second";
  readonly index: number;
  /** End of the interval since the load's start, and its length. */
  readonly atMs: number;
  readonly intervalMs: number;
  readonly scripts: readonly ScriptCounts[];
  /** Transactions that were due and had not been started at the end of the interval. */
  readonly queued: number;
  /** Open loop: transactions that fell due in the interval. */
  readonly offered: number | null;
  readonly connectedClients: number;
  readonly eventLoopDelayMsP99: number;
  /** Share of one core; `null` where the platform does not tell it per thread. */
  readonly cpuShare: number | null;
}

export interface WorkerSummary {
  readonly is: "done";
  readonly statements: readonly (readonly StatementCounts[])[];
  /** Stretches without a completion, as [from, to] pairs in ms since the start, flattened. */
  readonly gaps: Float64Array;
  /** Gaps shorter than this were not kept. */
  readonly gapsMinMs: number;
  /** Per client: its longest stretch without a completion. */
  readonly clientGapsMs: readonly { readonly client: number; readonly gapMs: number }[];
  readonly errors: readonly LoadError[];
  readonly aborted: readonly { readonly client: number; readonly because: string }[];
  readonly lostConnections: number;
  readonly connects: number;
  readonly connectFailures: number;
  readonly connectMsSum: number;
  /** Transactions that fell due and were never started. */
  readonly neverStarted: number;
}

/** One kind of error: the same code at the same statement, with the text of the first. */
export interface LoadError {
  /** SQLSTATE, or a word such as `connection` for what the client saw itself. */
  readonly code: string;
  readonly message: string;
  /** The server's own. */
  readonly hint: string | null;
  /** Index among the scripts; `null` where none was under way. */
  readonly script: number | null;
  /** Of the script, from 1. */
  readonly line: number | null;
  readonly statement: string | null;
  readonly count: number;
  /** Since the load's start. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export type FromWorker =
  | { readonly is: "ready" }
  | { readonly is: "fatal"; readonly because: string; readonly where: "connect" | "bug" }
  /** The first of its kind in this worker. */
  | { readonly is: "error"; readonly error: LoadError }
  | WorkerSecond
  | WorkerSummary;

/** `startMs` is on the monotonic clock that all threads of a machine share. */
export type ToWorker = { readonly is: "go"; readonly startMs: number } | { readonly is: "stop" };
