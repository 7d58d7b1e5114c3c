import type { LoadUnit } from "../record/load-kind.ts";
import type { LedgerVerdict } from "./check-ledger.ts";
import type { StatementLatency, TrialOutcome } from "../record/events.ts";
import type { Objectives } from "../record/format.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { SteadyStateName } from "./statistics/steady-state.ts";

/** An estimate with its interval. `low`/`high` are `null` where too little was measured for one. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Independent repetitions behind it. */
  readonly n: number;
  /** How the interval was made, for people: `95 % t-interval over 5 repetitions`. */
  readonly method: string;
}

/** Milliseconds; `null` where too few samples were seen to print that quantile. */
export interface LatencyQuantiles {
  readonly count: number;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
  readonly maxMs: number | null;
}

export type ValidityGrade = "valid" | "degraded" | "invalid";

/** Whether a trial may be believed, and every reason against it. */
export interface Validity {
  readonly is: ValidityGrade;
  readonly reasons: readonly {
    readonly grade: "degraded" | "invalid";
    readonly gate: string;
    readonly because: string;
  }[];
}

/** One second (or so) of a trial, for pictures and for steady state. */
export interface TrialSecond {
  readonly atMs: number;
  readonly tps: number;
  readonly failed: number;
  readonly skipped: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly inWindow: boolean;
}

export interface TrialAnalysis {
  readonly planned: PlannedTrial;
  /** What its transactions are; likewise of points and curves. */
  readonly unit: LoadUnit;
  readonly outcome: TrialOutcome | null;
  /** `null` where the trial did not get that far. */
  readonly window: { readonly startMs: number; readonly endMs: number } | null;
  readonly throughputTps: number | null;
  /** Of acknowledged transactions in the window; from the scheduled start in an open loop. */
  readonly latency: LatencyQuantiles;
  /** Open loop: from the send; `null` in a closed loop. */
  readonly service: LatencyQuantiles | null;
  readonly lag: LatencyQuantiles | null;
  readonly failed: number;
  readonly skipped: number;
  readonly retried: number;
  readonly unknown: number;
  /** Seconds in the window without a single acknowledged transaction. */
  readonly zeroSeconds: number;
  /** Slowest second of the window. */
  readonly throughputTpsMin: number | null;
  readonly seconds: readonly TrialSecond[];
  readonly steady: { readonly is: SteadyStateName; readonly because: string };
  /** `|X·R − N| / N` in a closed loop; `null` elsewhere. */
  readonly littlesLawError: number | null;
  readonly validity: Validity;
  /** Share of the generator's own ceiling in use; `null` where not known. */
  readonly generatorUse: number | null;
  readonly statements: readonly StatementLatency[];
  /** What became of every write; `null` for a load that kept no ledger. */
  readonly ledger: LedgerVerdict | null;
}

/** All repetitions of one load level on one curve. */
export interface PointAnalysis {
  readonly point: string;
  readonly unit: LoadUnit;
  readonly clients: number;
  readonly rateTps: number | null;
  readonly trials: readonly TrialAnalysis[];
  /** Over trials that are not invalid; `null` where none is. */
  readonly throughputTps: Estimate | null;
  /** Of the merged histograms of trials that are not invalid. */
  readonly latency: LatencyQuantiles;
  readonly p99Ms: Estimate | null;
}

export interface Knee {
  readonly clients: number;
  readonly because: string;
}

export interface UslFit {
  readonly lambda: number;
  readonly alpha: number;
  readonly beta: number;
  /** Clients at the peak and throughput there; `null` where the points do not show a peak. */
  readonly peakClients: number | null;
  readonly peakTps: number | null;
}

/** The trial before all others of a ladder, at its highest load. */
export interface FirstLook {
  readonly trial: string;
  readonly throughputTps: number | null;
  readonly latency: LatencyQuantiles;
  readonly validity: Validity;
}

export interface CurveAnalysis {
  readonly curve: string;
  readonly title: string;
  readonly unit: LoadUnit;
  readonly workload: string;
  readonly mode: "closed" | "open";
  readonly points: readonly PointAnalysis[];
  /** The point with the highest throughput; `null` where every trial is invalid. */
  readonly best: PointAnalysis | null;
  /** Goals may be shares of what it found; `null` where there was none. */
  readonly firstLook: FirstLook | null;
  readonly knee: Knee | null;
  readonly usl: UslFit | null;
  /** Why there is no USL fit or no peak. */
  readonly uslBecause: string | null;
}

/** What the probes cost: share of all the machine's cores; `null` where it was not measured. */
export interface ObserverCost {
  readonly share: number | null;
  readonly because: string;
}

/**
 * What stages found that is more than curves, one entry per stage; empty where there was none. Each kind
 * of stage adds its own field, in the `model.ts` of its folder in `src/stages/`.
 */
export interface StageResults {}

/** What a record says, before any question is asked of it. */
export interface Analysis extends StageResults {
  readonly trials: readonly TrialAnalysis[];
  readonly curves: readonly CurveAnalysis[];
  readonly objectives: Objectives;
  readonly observer: ObserverCost;
}
