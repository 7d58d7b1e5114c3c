import type {
  Distribution,
  FailoverTrial,
  LossOverTrials,
  PhaseName,
} from "../../analysis/failover/model.ts";

/** All trials of one stage that breaks or hands over a primary under load. */
export interface FailoverAnalysis {
  readonly stage: number;
  readonly kind: "failover" | "switchover";
  /** `kill-primary`, or `switchover`. */
  readonly what: string;
  /** For people: `kill-primary under ledger`. */
  readonly title: string;
  readonly clients: number;
  /** Offered; `null` where it never came to be known. */
  readonly rateTps: number | null;
  /** What this load reached undisturbed, and the share of it that was offered; `null` for a given rate. */
  readonly calibration: {
    readonly reachedTps: number | null;
    readonly share: number;
    /** Stage, from 0, in which it was measured; `null` where in this one. */
    readonly fromStage: number | null;
  } | null;
  readonly trials: readonly FailoverTrial[];
  /**
   * Over all trials. One in which writes never came back counts with what was seen of its gap, since
   * leaving it out would make the others look like all: with `neverBack` these are lower bounds.
   */
  readonly rtoMs: Distribution | null;
  readonly clientRtoMs: Distribution | null;
  readonly fullRecoveryMs: Distribution | null;
  readonly redundancyMs: Distribution | null;
  /** Longest stretch without an answer for a reader that takes any server; `null` where nobody read. */
  readonly readRtoMs: Distribution | null;
  /** Trials in which no write was acknowledged again before the load ended. */
  readonly neverBack: number;
  readonly loss: LossOverTrials;
  /** Median of each phase over the trials that show it. */
  readonly phases: readonly PhaseOverTrials[];
}

export interface PhaseOverTrials {
  readonly name: PhaseName;
  readonly medianMs: number;
  readonly maxMs: number;
  readonly trials: number;
  /** What makes it longer or shorter, in a sentence. */
  readonly controlledBy: string;
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** Stages that broke or handed over a primary under load. */
    readonly failovers: readonly FailoverAnalysis[];
  }
}
