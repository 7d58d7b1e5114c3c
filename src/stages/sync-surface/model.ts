import type { PlannedReplication } from "../../record/planned-trial.ts";
import type { Distribution, FailoverTrial, LossOverTrials } from "../../analysis/failover/model.ts";
import type { Estimate, LatencyQuantiles } from "../../analysis/model.ts";

/** What each way to replicate cost and what it lost, of one stage. */
export interface SurfaceAnalysis {
  readonly stage: number;
  /** The load, for people. */
  readonly title: string;
  readonly clients: number;
  /** Nearest first, and in each distance from what promises least to what promises most. */
  readonly points: readonly SurfacePoint[];
  readonly leftOut: readonly { readonly what: string; readonly because: string }[];
}

export interface SurfacePoint {
  readonly point: string;
  readonly replication: PlannedReplication;
  /** Median round trip of an empty query the way WAL takes, as it was measured; `null`: it was not. */
  readonly roundTripMs: number | null;
  /** Of closed-loop trials that are not invalid; `null` where none is. */
  readonly throughputTps: Estimate | null;
  /** Mean of all of them, invalid ones too; `null` where none gave figures. */
  readonly seenTps: number | null;
  /** Of the same trials as `throughputTps`, or of all where every one is invalid. */
  readonly latency: LatencyQuantiles;
  /** Closed-loop trials. */
  readonly trials: readonly string[];
  /** How many of them are invalid. */
  readonly invalid: number;
  /**
   * Throughput against the weakest level at the nearest distance; `null` where either is not known. Of
   * invalid trials where there are no others: `throughputTps` says whether it may be believed.
   */
  readonly share: number | null;
  /** The primary was killed; `null` where it was not tried. */
  readonly failover: SurfaceLoss | null;
  /** A synchronous standby was stopped; `null` where it was not tried or no commit waits for one. */
  readonly standbyLoss: SurfaceLoss | null;
}

/** What the clients saw while something was broken at a point. */
export interface SurfaceLoss {
  readonly trials: readonly FailoverTrial[];
  /** Longest stretch without an acknowledged write. */
  readonly rtoMs: Distribution | null;
  /** All such stretches together: see `blockedMs`. */
  readonly blockedMs: Distribution | null;
  readonly loss: LossOverTrials;
  /** Transactions that ended in an error, over all trials. */
  readonly failed: number;
  /** Trials in which no write was acknowledged again before the load ended. */
  readonly neverBack: number;
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** What ways to replicate cost and lose. */
    readonly surfaces: readonly SurfaceAnalysis[];
  }
}
