import type { MachineFacts } from "../lib/machine-facts.ts";
import type { NextExperiment } from "./hypothesis.ts";
import type { Json } from "./json.ts";
import type { RecordedHost } from "./recorded-host.ts";
import type { LoadKind } from "./load-kind.ts";
import type { PlannedTrial } from "./planned-trial.ts";

export type { MachineFacts } from "../lib/machine-facts.ts";

/**
 * The record on disk: the one thing that the half that measures and the half that judges share.
 *
 * ```
 * run.json               RunManifest, rewritten atomically
 * events.ndjson          RunEvent per line, appended
 * series/<probe>.ndjson  SeriesHeader, then SeriesLine per line, appended
 * latency/<trial>.hlog   HdrHistogram interval log; tag = script, unit = microsecond
 * ledger/<trial>.*.csv   writes and how they ended, see ledger-format.ts
 * raw/<trial>/<file>     untouched output of a tool
 * summary.json           RunSummary, for lists; replaced atomically, see summary-file.ts
 * ```
 *
 * All times called `atMs` are milliseconds of one monotonic clock since the run began; `epochMs` of
 * the manifest places its zero in UTC. A resumed run goes on counting on the same axis.
 */
export const RECORD_FORMAT_VERSION = 1;

/** `unknown`: the program that wrote the record died before it could say. */
export type RunStatus = "planned" | "running" | "finished" | "aborted" | "failed";

/** What a run is, was asked to do, and ran on. Holds no secret. */
export interface RunManifest {
  readonly formatVersion: number;
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Why it is not `finished`, in a sentence. */
  readonly statusBecause: string | null;
  readonly pgdynoVersion: string;
  /** UTC milliseconds of `atMs` 0. */
  readonly epochMs: number;
  /** The experiment as the user wrote it, with secrets struck out, and the file's name. */
  readonly experimentText: string;
  readonly experimentFile: string;
  /** The experiment with every default filled in. */
  readonly experiment: Json;
  readonly plan: RecordedPlan;
  /** What the run ran on; each part is filled as soon as it is known. */
  readonly machine: MachineFacts | null;
  readonly server: ServerFacts | null;
  readonly tools: readonly ToolFacts[];
  /** Absent where everything ran on one host, the one named `host`. */
  readonly hosts?: readonly RecordedHost[];
  /** The finding of another run that this one puts to the test; absent where it does not. */
  readonly tests?: TestedFinding;
}

/** A finding that a run tests, and the record that it is of. */
export interface TestedFinding {
  /** That record's folder, from this record's. */
  readonly directory: string;
  readonly finding: string;
  readonly experiment: NextExperiment;
}

/** What the run was going to do, as the record keeps it. */
export interface RecordedPlan {
  readonly seed: string;
  readonly trials: readonly PlannedTrial[];
  /** Objectives as base units, `null` where the experiment has none. */
  readonly objectives: Objectives;
  /** True where the measured windows cannot hold whole checkpoint cycles. */
  readonly quick: boolean;
  readonly estimatedMs: number;
  /** What stages ask that is answered by their trials together. Absent where none does. */
  readonly questions?: readonly StageQuestion[];
  /**
   * Stages, from 0, whose trials are decided one after the other from what was measured before: `trials`
   * holds those that were decided so far. Absent in older records, which do not tell.
   */
  readonly openStages?: readonly number[];
  /** By workload, what it loads and what it counts; absent in older records, where all is SQL and transactions. */
  readonly loads?: Readonly<Record<string, LoadKind>>;
}

/** What a stage asks of all of its trials together: how they are chosen, and how they are read. */
export type StageQuestion =
  | {
      /** The largest offered rate at which the objective holds and nothing queues. */
      readonly kind: "search";
      readonly stage: number;
      /** The open curve, and the closed one that gives the peak. */
      readonly curve: string;
      readonly closedCurve: string;
      readonly title: string;
      readonly until: LatencyGoal;
      /** The search ends where the smallest rate that failed is this little above the largest that held. */
      readonly precisionShare: number;
    }
  | {
      /** A ladder whose repetitions are given to the rungs that need them. */
      readonly kind: "adaptive-ladder";
      readonly stage: number;
      readonly precisionShare: number;
    }
  | {
      /** Variants in pairs with the first one. */
      readonly kind: "compare";
      readonly stage: number;
      readonly title: string;
      /** The first is what the others are held against. */
      readonly variants: readonly ComparedVariant[];
      readonly pairs: number;
      /** Pairs of the first variant with itself, before the others; 0: none. */
      readonly controlPairs: number;
    }
  | {
      /** The stations of the WAL, each on its own, and the first to give way. */
      readonly kind: "ceilings";
      readonly stage: number;
      /** Of the real load. */
      readonly title: string;
      readonly clients: number;
      readonly of: readonly ("generator" | "archive" | "network" | "replay")[];
    }
  | {
      /** How long recovery takes, as a line through points of different size. */
      readonly kind: "recovery";
      readonly stage: number;
      /** The load whose WAL is replayed. */
      readonly title: string;
      /** What is to be foretold. */
      readonly predict: RecoverySizes;
    }
  | {
      /** What each way to replicate costs and risks: throughput, latency, RTO, RPO, blocked time. */
      readonly kind: "sync-surface";
      readonly stage: number;
      readonly title: string;
      /** Combinations that were asked for and are not measured, each with the reason. */
      readonly leftOut: readonly { readonly what: string; readonly because: string }[];
    };

/** The user's sizes, for which recovery is foretold. */
export interface RecoverySizes {
  /** WAL to replay after a crash, or from a base backup on. */
  readonly walBytes: number;
  /** The database, to be copied anew or put back. */
  readonly databaseBytes: number;
}

/** Quantiles that must be kept, in ms; `null` where not asked. */
export interface LatencyGoal {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** One of the things that are compared. */
export interface ComparedVariant {
  readonly name: string;
  /** Settings as PostgreSQL reads them, beyond those of the target. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Major version of its PostgreSQL; absent where it is the target's. */
  readonly version?: number;
  readonly workload: string;
}

/** Goals in base units; `null` where the experiment has none of that kind. */
export interface Objectives {
  readonly rpoTransactions: number | null;
  readonly rtoMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly throughputTps: number | null;
  /** Goals that are shares of what a first look finds on each curve; absent where there are none. */
  readonly ofFirstLook?: FirstLookGoals;
}

/** 0.7 is seven tenths of what was found, 2 is twice as much; `null` where there is no such goal. */
export interface FirstLookGoals {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly throughputTps: number | null;
}

/** A run without goals. */
export const NO_OBJECTIVES: Objectives = {
  rpoTransactions: null,
  rtoMs: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  throughputTps: null,
};

/** The PostgreSQL under test. */
export interface ServerFacts {
  /** `server_version`, e.g. `18.4`. */
  readonly version: string;
  /** `server_version_num`, e.g. 180004. */
  readonly versionNumber: number;
  /** Where the binaries came from: `embedded 18.4.0-beta.17`, `/usr/lib/postgresql/15/bin`, `unknown`. */
  readonly provenance: string;
  /** What `select version()` says. */
  readonly versionText: string;
  /** Every setting that is readable: name → value and unit, source. */
  readonly settings: Readonly<Record<string, SettingFact>>;
  readonly databaseBytes: number | null;
  /** What the role of the probes may not see, as sentences. */
  readonly missingPrivileges: readonly string[];
  /**
   * What this version, build or machine does not offer to the probes, as sentences. Absent in older
   * records, which hold it among `missingPrivileges`.
   */
  readonly notAvailable?: readonly string[];
}

/** One row of `pg_settings`. */
export interface SettingFact {
  readonly value: string;
  readonly unit: string | null;
  /** `pg_settings.source`: `default`, `configuration file`, …; `unknown` where the observer's session covers it. */
  readonly source: string;
}

/** A program that took part. */
export interface ToolFacts {
  readonly tool: string;
  readonly version: string;
  readonly path: string;
}
