import type { Json } from "./json.ts";

/** A figure on which a prediction is made, and how it must come out. */
export interface Prediction {
  readonly metric: "throughput" | "p99" | "wal-per-transaction";
  readonly direction: "higher" | "lower";
  /** Changed over unchanged where the cause explains all that it is said to; `null` where only the direction is told. */
  readonly ratio: number | null;
  /** Where the ratio stays short of this, the cause is not what it was said to be. */
  readonly bound: number;
}

/** What would show that a finding is right or wrong: one change, and what it must do. */
export interface NextExperiment {
  /** In words, behind "with": `synchronous_commit = off`, `the table vacuumed`. */
  readonly change: string;
  /** `null`: of no figure, but that the finding is then gone. */
  readonly predicts: Prediction | null;
  /** Settings to put in force; absent where the change is no setting. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Options of the load to change; absent where the change is none. With neither it is made by hand. */
  readonly workload?: Readonly<Record<string, Json>>;
}

/** What the experiment showed: one line of `hypotheses.ndjson` beside the run that made the finding. */
export interface HypothesisResult {
  readonly finding: string;
  readonly change: string;
  /** `null` where it was only asked whether the finding is gone. */
  readonly predicts: Prediction | null;
  readonly is: "confirmed" | "refuted" | "undecided";
  readonly because: string;
  /** Changed over unchanged with its interval; `null` where nothing could be compared. */
  readonly ratio: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Id of the run that tested it, or that watched the server after the change. */
  readonly run: string;
}
