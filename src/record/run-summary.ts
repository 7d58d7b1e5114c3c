import type { RunStatus } from "./format.ts";

/** Hashes of what must be equal for two runs to be compared; 32 hexadecimal digits each. */
export interface Fingerprints {
  /**
   * Of what was measured on: `target` of the experiment with every default filled in, and `targetFacts`
   * (versions, machine, settings). `null` before the server was seen.
   */
  readonly target: string | null;
  /**
   * Of what was measured: `stages` of the experiment with every default filled in. Not its name, seed or
   * objectives, which change no figure. Scripts of the user's own count by their path.
   */
  readonly experiment: string;
}

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
export const SUMMARY_VERSION = 1;

/**
 * `summary.json` of a record: what lists, histories and a live page tell of a run without reading its series.
 * Made from the record by `run`, `resume`, `observe` and `analyze`, and made anew where it is missing or the
 * record has changed since. Holds no secret: all of it comes from the record, which holds none.
 */
export interface RunSummary {
  readonly summaryVersion: number;
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly statusBecause: string | null;
  readonly startedAtUtc: string;
  /** When the last thing happened; `null` where it has not ended, or its program died before it could say so. */
  readonly endedAtUtc: string | null;
  /** Of the program that made the record. */
  readonly pgdynoVersion: string;
  /** Of the program that judged it; `null` where nobody has: the run goes on. */
  readonly judgedByVersion: string | null;
  /** `server_version`; `null` before the server was seen. */
  readonly postgresqlVersion: string | null;
  readonly verdict: SummaryVerdict;
  readonly verdictBecause: string;
  /** Id of the finding that the verdict rests on; `null` where none does. */
  readonly verdictFinding: string | null;
  readonly objectives: readonly SummaryObjective[];
  /** The figures of the run, the first one first; empty where nothing was measured that may be believed. */
  readonly headlines: readonly SummaryHeadline[];
  /** Causes that were found, the root cause first, then those that could not be decided. */
  readonly findings: readonly SummaryFinding[];
  /** Ids of those that were ruled out. */
  readonly passed: readonly string[];
  /** Trials that were planned, and how many of those that ran may be believed. */
  readonly trials: {
    readonly planned: number;
    readonly valid: number;
    readonly degraded: number;
    readonly invalid: number;
  };
  readonly fingerprints: Fingerprints;
}

/** Pass, fail, or too little to tell. */
export type SummaryVerdict = "pass" | "fail" | "unknown";

/** An objective of the experiment, with its answer. */
export interface SummaryObjective {
  /** `p99`, `throughput`, `rpo`, … */
  readonly objective: string;
  readonly wanted: string;
  readonly found: string | null;
  readonly verdict: SummaryVerdict;
  readonly because: string;
}

/** A figure of the run with its interval. */
export interface SummaryHeadline {
  /** `throughput` in `tps`, `rto` in `ms`. */
  readonly figure: "throughput" | "rto";
  /** What it is of: the title of a curve, or what was broken. */
  readonly of: string;
  readonly unit: "tps" | "ms";
  readonly value: number;
  /** `null` where too little was measured for an interval. */
  readonly low: number | null;
  readonly high: number | null;
  /** Repetitions. */
  readonly n: number;
  /** One sentence with the figure. */
  readonly sentence: string;
}

/** A question that was not answered with no: `fail` where the cause was found. */
export interface SummaryFinding {
  readonly id: string;
  readonly verdict: "fail" | "unknown";
  /** 1 is the root cause; `null` where it did not fail. */
  readonly rank: number | null;
  /** The load it was seen under; `null` for a plain observation. */
  readonly at: string | null;
  /** One sentence. */
  readonly because: string;
}
