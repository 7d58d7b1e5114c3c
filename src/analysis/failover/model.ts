import type { Estimate } from "../model.ts";

/** Values of independent trials. */
export interface Distribution {
  /** With the interval that its `method` names. */
  readonly median: Estimate;
  readonly min: number;
  readonly max: number;
}

export interface FailoverTrial {
  readonly trial: string;
  readonly repetition: number;
  /** Why it tells nothing; `null` where it does. */
  readonly failedBecause: string | null;
  /** When the fault was seen to be in force, or the switchover was asked for; `null`: it never came. */
  readonly disturbedAtMs: number | null;
  /** Who took writes before and after, as the cluster told it. */
  readonly from: string | null;
  readonly to: string | null;
  /** The longest stretch without an acknowledged write of any client that ends after the fault. */
  readonly gap: WriteGap | null;
  /** The same of the worst client alone. */
  readonly clientGapMsMax: number | null;
  /** Longest stretch without an acknowledged write in the undisturbed load before: no RTO is finer. */
  readonly resolutionMs: number | null;
  readonly beforeTps: number | null;
  /** A client that may read from standbys too; `null` where nobody read. */
  readonly reads: ReadService | null;
  readonly fullRecovery: FullRecovery | null;
  /** From the fault until redundancy was whole; `null`: not within the limit, or it never broke. */
  readonly redundancyMs: number | null;
  /** What was missing at the limit, or that it never broke. */
  readonly redundancyBecause: string | null;
  readonly loss: TrialLoss;
  /** How long two servers acknowledged writes at the same time; `null` where it cannot be told. */
  readonly dualAckMs: number | null;
  /** Writes whose answer was lost, and how many of them were found in the table; `null`: not looked. */
  readonly unknown: { readonly count: number; readonly present: number | null } | null;
  readonly phases: readonly Phase[];
}

export interface ReadService {
  /** The longest stretch without an answered read that ends after the fault, at least the reader's own pace. */
  readonly gapMs: number;
  /** The longest one before the fault: no gap is told more finely. */
  readonly resolutionMs: number;
  /** False where no read was answered any more when the trial ended. */
  readonly isBack: boolean;
}

export interface WriteGap {
  readonly startMs: number;
  /** `null`: the load ended before a write was acknowledged again. */
  readonly endMs: number | null;
  /** At least this where `endMs` is `null`. */
  readonly ms: number;
}

export interface FullRecovery {
  /** From the fault until throughput was back; `null`: not before the load ended. */
  readonly ms: number | null;
  /** How long it was then seen to last: ten seconds, or what was left of the load. */
  readonly observedMs: number;
}

/** What a trial lost; unknown is never nothing. */
export type TrialLoss =
  | { readonly is: "unknown"; readonly because: string }
  | {
      readonly is: "known";
      /** Acknowledged writes that are not in the table. */
      readonly lostOk: number;
      /** …whose acknowledgement came with a warning or a fatal notice: the promise was taken back at once. */
      readonly lostWarned: number;
      readonly acknowledged: number;
      /** From the first lost acknowledgement to the fault; 0 where nothing was lost. */
      readonly lostMs: number;
      /** What else the ledger says against the table, as sentences: duplicates, ghosts, holes. */
      readonly anomalies: readonly string[];
      readonly fork: ForkCheck | null;
    };

/** The old primary's own WAL against the ledger. */
export interface ForkCheck {
  readonly on: string;
  readonly timeline: number;
  /** WAL after the fork. */
  readonly bytes: number;
  /** COMMIT records after the fork. */
  readonly commits: number;
  /** `agrees` where they can all be told from the ledger: lost, or unknown and absent. */
  readonly verdict: "agrees" | "differs";
  readonly because: string;
}

export interface LossOverTrials {
  /** Trials whose ledger could be compared with the table. */
  readonly known: number;
  readonly withLoss: number;
  /** Acknowledged writes that are not in the table, however they were acknowledged. */
  readonly lost: number;
  /** Those of them whose acknowledgement came with a warning or a fatal notice. */
  readonly lostWarned: number;
  /** In the worst trial. */
  readonly lostMax: number;
  readonly acknowledged: number;
  /** Nothing lost: the share of trials that lose something is below this with 95 % confidence. */
  readonly shareBelow: number | null;
  /** A sentence with the bound: never that nothing can be lost. */
  readonly sentence: string;
}

export type PhaseName =
  | "detection"
  | "decision"
  | "fencing"
  | "promotion"
  | "end of recovery"
  | "endpoint"
  | "reconnect"
  | "first commit"
  | "back to 90 %";

export interface Phase {
  readonly name: PhaseName;
  readonly startMs: number;
  readonly endMs: number;
}
