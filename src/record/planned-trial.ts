import type { Json } from "./json.ts";

/** `closed`: a client sends when its last answer came. `open`: transactions fall due at a rate. */
export type LoadMode = "closed" | "open";

/** One repetition of one point. Trials of one `point` are repetitions of the same thing. */
export interface PlannedTrial {
  /** Unique in the run, safe as a file name: `ladder-1-tpcb-like-c8-r2`. */
  readonly id: string;
  /** Index of the stage in the experiment, from 0, and its kind. */
  readonly stage: number;
  readonly stageKind: string;
  /** The curve this point is on: workload and everything but the load level. */
  readonly curve: string;
  readonly curveTitle: string;
  /** The point: curve and load level. */
  readonly point: string;
  readonly repetition: number;
  readonly workload: string;
  readonly workloadOptions: Json;
  readonly mode: LoadMode;
  readonly clients: number;
  /** Offered rate of an open loop; `null` in a closed one. */
  readonly rateTps: number | null;
  /** True where the load's statements only read, as far as they tell. */
  readonly readsOnly?: boolean;
  readonly seed: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly cooldownMs: number;
  /**
   * The rate is this share of what a calibration trial reached; `rateTps` is then
   * `null` here, and in `trial-started` once it is known.
   */
  readonly rateShare?: number;
  /** Stage, from 0, whose calibration it is a share of; absent where that is its own. */
  readonly rateFromStage?: number;
  /** True where the trial only finds the rate that others take a share of. */
  readonly calibrates?: true;
  /** True where nothing is loaded: the target is watched under whatever else loads it. */
  readonly observes?: true;
  /** What is done to the cluster while the load runs; absent where nothing is. */
  readonly disturbance?: PlannedDisturbance;
  /** What is measured on its own; absent outside of a stage of ceilings. */
  readonly ceiling?: PlannedCeiling;
  /** What is recovered from what; absent where nothing is. */
  readonly recovery?: PlannedRecovery;
  /**
   * What the trial is for, where its stage has several kinds: a search's closed loop, its probes, the
   * long window at its result and the one below it; the long windows of an adaptive ladder's best rungs,
   * after its looks; the pairs of a thing with itself before a comparison; the one from which the goals
   * of a ladder's curve are taken.
   */
  readonly role?: "peak" | "probe" | "confirm" | "margin" | "control" | "first-look";
  /** Which variant of a comparison this is. */
  readonly variant?: string;
  /** Major version of the PostgreSQL that it ran on; absent where it is the target's. */
  readonly version?: number;
  /** Settings that were put in force before this trial, beyond those of the target. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How the cluster replicates in this trial; absent where it does as its target says. */
  readonly replication?: PlannedReplication;
}

/** What commits wait for, and how far away the standbys are. */
export interface PlannedReplication {
  /** `synchronous_commit`. */
  readonly commit: "off" | "local" | "remote_write" | "on" | "remote_apply";
  /** `null` where commits wait for no standby, so that neither matters. */
  readonly method: "any" | "first" | null;
  readonly number: number | null;
  readonly dataDurability: "required" | "preferred";
  /** Added round trip between any two members; 0 leads the WAL streams straight. */
  readonly distanceMs: number;
}

/**
 * One station of the WAL on its own: what goes to it is kept back, a load piles up WAL, and once the
 * load has ended it is let go and timed.
 */
export interface PlannedCeiling {
  /** `load`: the real load, undisturbed. `forecast`: more WAL than the archive can take, not kept back. */
  readonly of: "generator" | "load" | "archive" | "network" | "replay" | "forecast";
  /** `wal`: of exact size and nothing else. */
  readonly by: "empty" | "wal" | "workload";
  /** The load ends once so much WAL was written; `null`: with its window. */
  readonly pileBytes: number | null;
  /** How long what was kept back may take to go. */
  readonly drainMs: number;
  /** Holds throughout; `null` where nothing does. */
  readonly under: { readonly fault: string; readonly options: Json } | null;
}

/** A fault or a switchover in the middle of a trial. */
export interface PlannedDisturbance {
  readonly kind: "failover" | "switchover";
  /** Id of the fault; `null` for a switchover. */
  readonly fault: string | null;
  readonly faultOptions: Json;
  /** Since the load began: drawn from the seed, so that trials meet the cluster in different phases. */
  readonly atMs: number;
  /** How long the fault is kept in force, unless it heals before. */
  readonly holdMs: number;
  /** How long redundancy may take to be whole again, after the load has ended. */
  readonly recoveryLimitMs: number;
}

/** `crash`: the primary's own, from its last checkpoint. `rebuild`: a standby copied anew. `pitr`: from a backup and the archive. */
export type RecoveryKind = "crash" | "rebuild" | "pitr";

/** Where a point-in-time recovery is told to stop: just before the harm was done. */
export type RecoveryTargetKind = "time" | "lsn" | "name";

/** One recovery from a known size. */
export interface PlannedRecovery {
  readonly kind: RecoveryKind;
  /** Aimed at: WAL to replay (`crash`, `pitr`), or size of the database (`rebuild`). */
  readonly bytes: number;
  /** `pitr` only. */
  readonly target?: RecoveryTargetKind;
  /** How long it may take to write that much. */
  readonly limitMs: number;
}
