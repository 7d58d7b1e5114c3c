import type { RecoveredContent } from "../../record/events.ts";
import type { RecoveryKind } from "../../record/planned-trial.ts";
import type { Estimate, ValidityGrade } from "../../analysis/model.ts";
import type { LinearFit } from "../../analysis/statistics/linear-fit.ts";

/** How long recovery took from each size, and what that says of the user's. */
export interface RecoveryAnalysis {
  readonly stage: number;
  /** The load whose WAL was replayed. */
  readonly title: string;
  /** In the order crash, rebuild, pitr; those that the stage asked for. */
  readonly kinds: readonly RecoveryKindAnalysis[];
}

export interface RecoveryKindAnalysis {
  readonly kind: RecoveryKind;
  readonly points: readonly RecoveryPoint[];
  /** Trials without a result, with the reason. */
  readonly failed: readonly { readonly trial: string; readonly because: string }[];
  readonly line: RecoveryLine;
  /** `pitr` only: putting the backup's files in place. */
  readonly copy: CopyRate | null;
  /** For the user's size; `null` where no line can be relied on. */
  readonly prediction: RecoveryPrediction | null;
  /** Why there is no prediction, or how far it may be trusted. */
  readonly because: string;
  /** Every row of every point was right; `null` where content was not looked at. */
  readonly contentIsRight: boolean | null;
}

/** One recovery. */
export interface RecoveryPoint {
  readonly trial: string;
  /** As planned, for people. */
  readonly aimedBytes: number;
  /** Replayed (`crash`, `pitr`) or copied (`rebuild`). */
  readonly bytes: number;
  /** What the line is drawn through: until writes are taken, until caught up, or the replay alone. */
  readonly ms: number;
  /** The parts of the whole time, in order. */
  readonly parts: readonly { readonly name: string; readonly ms: number }[];
  readonly validity: ValidityGrade;
  /** `pitr` only. */
  readonly content: RecoveredContent | null;
  /** What it was told to stop at; `pitr` only. */
  readonly target: string | null;
  readonly backupBytes: number | null;
}

/** `null` fit: too few places, or no growth with size could be shown. */
export interface RecoveryLine {
  readonly fit: LinearFit | null;
  /** True where trials that cannot be believed had to be used. */
  readonly spoiled: boolean;
}

/** Over the backups of a stage, which are of about one size: bytes per ms, through the origin. */
export interface CopyRate {
  readonly bytesPerMs: Estimate;
  readonly bytesMax: number;
}

/** What one more recovery, from the user's size, would take. */
export interface RecoveryPrediction {
  readonly walBytes: number | null;
  readonly databaseBytes: number | null;
  readonly totalMs: Estimate;
  /** How many times larger than the largest that was measured; at most 1 inside. */
  readonly timesBeyond: number;
  /** `wide`: the interval is no help in planning. `far`: well beyond what was measured. */
  readonly trust: "measured" | "extrapolated" | "far" | "wide";
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** How long recovery took from several sizes, and what is foretold. */
    readonly recoveries: readonly RecoveryAnalysis[];
  }
}
