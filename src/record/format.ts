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
 * ```
 *
 * All times called `atMs` are milliseconds of one monotonic clock since the run began; `epochMs` of
 * the manifest places its zero in UTC. A resumed run goes on counting on the same axis.
 */
export const RECORD_FORMAT_VERSION = 1;

/** `unknown`: the program that wrote the record died before it could say. */
export type RunStatus = "planned" | "running" | "finished" | "aborted" | "failed";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

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
}

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
  readonly seed: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly cooldownMs: number;
  /**
   * The rate is this share of what the calibration trial of the same stage reached; `rateTps` is then
   * `null` here, and in `trial-started` once it is known.
   */
  readonly rateShare?: number;
  /** True where the trial only finds the rate that others of its stage take a share of. */
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
   * long window at its result and the one below it; the pairs of a thing with itself before a comparison.
   */
  readonly role?: "peak" | "probe" | "confirm" | "margin" | "control";
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

/** What a recovery took, by kind. Times in ms, from a monotonic clock. */
export type MeasuredRecovery =
  | {
      readonly is: "crash";
      /** Replayed: from where redo began to where it ended. */
      readonly walBytes: number;
      /** From the kill until a write was acknowledged. */
      readonly totalMs: number;
      /** From the kill until no process was left. */
      readonly goneMs: number;
      /** Syncing every file before replay, as the server's log has it. */
      readonly beforeRedoMs: number | null;
      /** Replay as the server's log has it, and the checkpoint at its end; `null` where the log does not tell. */
      readonly redoMs: number | null;
      readonly checkpointMs: number | null;
    }
  | {
      readonly is: "rebuild";
      readonly member: string;
      /** Copied. */
      readonly databaseBytes: number;
      /** From the first byte of the copy until the standby had all WAL of the primary. */
      readonly totalMs: number;
      readonly copyMs: number;
      /** From the standby's start until it streamed and had replayed what the primary had. */
      readonly catchUpMs: number;
    }
  | {
      readonly is: "pitr";
      /** `files`: base backup and archive are plain files. */
      readonly through: "files" | "pgbackrest";
      readonly backupBytes: number;
      readonly backupMs: number;
      /** Replayed: from the backup's end to the end of recovery. */
      readonly walBytes: number;
      /** Putting the backup's files in place. */
      readonly copyMs: number;
      /** From the start of the server until it took writes. */
      readonly replayMs: number;
      /** The moment asked for, as PostgreSQL was told it. */
      readonly target: string;
      readonly content: RecoveredContent;
    };

/** Rows after an UPDATE without WHERE, held against what they were just before it. */
export interface RecoveredContent {
  readonly rows: number;
  /** Rows that the UPDATE spoiled in the primary: all of them, or the comparison shows nothing. */
  readonly spoiled: number;
  /** Of the recovered server. */
  readonly wrong: number;
  readonly missing: number;
  readonly added: number;
  /** A write was acknowledged by the recovered server. */
  readonly takesWrites: boolean;
}

/** The machine that the server runs on. */
export interface MachineFacts {
  readonly os: string;
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  /** The file system that holds PGDATA, where it is on this machine. */
  readonly dataFileSystem: {
    readonly path: string;
    readonly type: string;
    readonly device: string;
  } | null;
  readonly container: string | null;
  /** Where load and database share the machine, the load takes from what is measured. */
  readonly sharedWithLoad: boolean;
}

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
  /** `pg_settings.source`: `default`, `configuration file`, … */
  readonly source: string;
}

/** A program that took part. */
export interface ToolFacts {
  readonly tool: string;
  readonly version: string;
  readonly path: string;
}

/** What happened, in order. */
export type RunEvent =
  | { readonly kind: "run-started"; readonly atMs: number; readonly resumed: boolean }
  | {
      readonly kind: "step";
      readonly atMs: number;
      readonly title: string;
      readonly phase: "up" | "down";
      readonly tookMs: number;
      readonly error: string | null;
    }
  | {
      readonly kind: "trial-started";
      readonly atMs: number;
      readonly trial: string;
      /** Offered rate, where the plan left it to a calibration. */
      readonly rateTps?: number;
    }
  | {
      readonly kind: "window";
      readonly atMs: number;
      readonly trial: string;
      readonly startMs: number;
      readonly endMs: number;
    }
  | {
      readonly kind: "trial-ended";
      readonly atMs: number;
      readonly trial: string;
      readonly outcome: TrialOutcome;
    }
  | {
      readonly kind: "trial-failed";
      readonly atMs: number;
      readonly trial: string;
      readonly because: string;
    }
  | {
      readonly kind: "checkpoint";
      readonly atMs: number;
      readonly on: string;
      readonly phase: "started" | "completed";
      readonly text: string;
    }
  | {
      /** A station of the WAL: nothing goes to it, it is let go, it has caught up, it did not in time. */
      readonly kind: "ceiling";
      readonly atMs: number;
      readonly trial: string;
      /** `archive`, or a standby's name. */
      readonly on: string;
      readonly phase: "held" | "piled" | "released" | "drained" | "given-up" | "short-of-room";
      /** WAL position that it had to reach; `null` before it is known. */
      readonly targetLsnBytes: number | null;
      /** How many files or streams go at a time. */
      readonly streams: number;
      readonly text: string;
    }
  | { readonly kind: "server-restarted"; readonly atMs: number; readonly on: string }
  | {
      readonly kind: "fault";
      readonly atMs: number;
      readonly fault: string;
      readonly phase: "asked" | "applied" | "healed" | "failed";
      readonly on: string;
      readonly text: string;
      readonly trial?: string;
    }
  | {
      /** What the cluster itself told of a failover, a switchover or a member's role. */
      readonly kind: "cluster";
      readonly atMs: number;
      /** `missed`, `failed`, `decided`, `fenced`, `chosen`, `promoting`, `promoted`, `endpoint`, …: see docs/reference. */
      readonly event: string;
      /** The member; `cluster` where it is about all. */
      readonly on: string;
      readonly text: string;
      readonly role?: "primary" | "standby" | "down" | "fenced";
      readonly timeline?: number;
      readonly lsnBytes?: number;
    }
  | {
      /** Redundancy as it was looked at: before a disturbance, when it broke, when it was whole again. */
      readonly kind: "health";
      readonly atMs: number;
      readonly trial: string;
      readonly healthy: boolean;
      readonly because: string;
    }
  | {
      /** How a reader fared that takes any server that answers, beside the load of a disturbed trial. */
      readonly kind: "reads";
      readonly atMs: number;
      readonly trial: string;
      readonly fromMs: number;
      readonly toMs: number;
      /** Shorter stretches than that without an answer are the reader's own pace. */
      readonly leastMs: number;
      /** `endMs: null`: no read was answered any more. */
      readonly gaps: readonly { readonly startMs: number; readonly endMs: number | null }[];
    }
  | {
      /** WAL that an old primary held beyond the point where its successor's history begins. */
      readonly kind: "orphaned-wal";
      readonly atMs: number;
      readonly trial: string;
      readonly on: string;
      readonly timeline: number;
      readonly forkLsnBytes: number;
      /** End of the last whole record. */
      readonly endLsnBytes: number;
      /** COMMIT records after the fork. */
      readonly commits: number;
    }
  | {
      /** A recovery that was timed. */
      readonly kind: "recovery";
      readonly atMs: number;
      readonly trial: string;
      readonly recovery: MeasuredRecovery;
    }
  | {
      readonly kind: "role";
      readonly atMs: number;
      readonly on: string;
      readonly role: "primary" | "standby" | "down";
      readonly text: string;
    }
  | {
      /** How the cluster replicates from now on; `trial` is the first that runs so. */
      readonly kind: "replication";
      readonly atMs: number;
      readonly trial: string;
      /** Median round trip of a query to the primary the way WAL takes; `null` where it was not measured. */
      readonly roundTripMs: number | null;
      readonly text: string;
    }
  | { readonly kind: "note"; readonly atMs: number; readonly text: string }
  | { readonly kind: "error"; readonly atMs: number; readonly text: string }
  | { readonly kind: "run-ended"; readonly atMs: number; readonly status: RunStatus };

/** What the workload itself says of a trial, over its whole load (warm-up and cool-down too). */
export interface TrialOutcome {
  readonly transactions: number;
  readonly failed: number;
  /** Open loop: never sent since already later than the latency limit. */
  readonly skipped: number;
  readonly retried: number;
  /** Sent, and the answer was lost. */
  readonly unknown: number;
  /** CPU of the generator's own processes or threads, user and system. `null` where not known. */
  readonly generatorCpuMs: number | null;
  /** The generator's threads that can each fill a core. */
  readonly generatorThreads: number;
  /** p99 of the generator's event loop delay; `null` for a generator without one. */
  readonly eventLoopDelayMsP99: number | null;
  /** Per statement of each script, where the workload can tell. */
  readonly statements: readonly StatementLatency[];
  readonly databaseBytesBefore: number | null;
  readonly databaseBytesAfter: number | null;
  /** Sentences that a reader must know: a client died, a rate was not delivered. */
  readonly warnings: readonly string[];
}

/** What one statement of a script took, over a whole trial. */
export interface StatementLatency {
  readonly script: string;
  /** Position in its script, from 1. */
  readonly position: number;
  readonly text: string;
  readonly count: number;
  readonly failed: number;
  readonly latencyMsMean: number;
}

export type SeriesUnit = "count" | "bytes" | "ms" | "ratio" | "tps" | "text";

/** `counter` only grows but for a reset; `gauge` is a level. */
export interface SeriesInfo {
  readonly unit: SeriesUnit;
  readonly kind: "counter" | "gauge";
  readonly doc: string;
}

/** First line of a series file: what its samples mean. */
export interface SeriesHeader {
  readonly probe: string;
  readonly summary: string;
  readonly source: string;
  readonly everyMs: number;
  /** True where a sample has a set of readings per key (wait event, table, statement). */
  readonly keyed: boolean;
  readonly series: Readonly<Record<string, SeriesInfo>>;
}

export type Readings = Readonly<Record<string, number | null>>;

/**
 * One sample, or why there is none. `on` names the instance (`pg1`), `host`, or `generator`.
 *
 * In a keyed sample a key that is absent read as nothing there (zero sessions waited), not as a gap.
 * `labels` carry texts of keys (the query of a statement), each given once, before or with its sample.
 */
export type SeriesLine =
  | { readonly t: number; readonly on: string; readonly v: Readings }
  | { readonly t: number; readonly on: string; readonly k: Readonly<Record<string, Readings>> }
  | { readonly t: number; readonly on: string; readonly gap: string }
  | {
      readonly on: string;
      readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };

/** What every workload reports each second, keyed by script; `t` is the end of the second. */
export const LOAD_HEADER = {
  probe: "load",
  summary: "What the load generator saw, second by second.",
  source: "the workload's own count",
  everyMs: 1000,
  keyed: true,
  series: {
    transactions: { unit: "count", kind: "gauge", doc: "Acknowledged in this interval." },
    failed: { unit: "count", kind: "gauge", doc: "Ended in an error." },
    skipped: { unit: "count", kind: "gauge", doc: "Open loop: not sent, since already too late." },
    retried: {
      unit: "count",
      kind: "gauge",
      doc: "Tried again after a serialization failure or deadlock.",
    },
    unknown: { unit: "count", kind: "gauge", doc: "Sent, and the answer was lost." },
    intervalMs: { unit: "ms", kind: "gauge", doc: "Length of this interval." },
  },
} as const satisfies SeriesHeader;

/** Where the WAL is, read quickly while a ceiling is measured. */
export const WAL_PROGRESS_HEADER = {
  probe: "wal-progress",
  summary:
    "How far the WAL is written, archived, received and replayed, while a ceiling is measured.",
  source:
    "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-BACKUP, pg_stat_archiver",
  everyMs: 50,
  keyed: false,
  series: {
    flushedLsnBytes: {
      unit: "bytes",
      kind: "counter",
      doc: "Primary: durable WAL. Standby: received and durable.",
    },
    replayedLsnBytes: { unit: "bytes", kind: "counter", doc: "Null on the primary." },
    archivedLsnBytes: {
      unit: "bytes",
      kind: "counter",
      doc: "End of the last archived segment. Null where none was archived, and on a standby.",
    },
    archived: { unit: "count", kind: "counter", doc: "Files archived. Null on a standby." },
    lastArchivedAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Time since a file was archived. Null where none ever was, and on a standby.",
    },
    roomBytes: {
      unit: "bytes",
      kind: "gauge",
      doc: "Free on the volume of the primary's WAL, and in segments that are ready for it already; read from its folder, some times a second.",
    },
  },
} as const satisfies SeriesHeader;

/** The load generator itself, second by second; `null` where it cannot tell. */
export const GENERATOR_HEADER = {
  probe: "generator",
  summary: "The load generator itself, second by second.",
  source: "the workload's own count",
  everyMs: 1000,
  keyed: false,
  series: {
    eventLoopDelayMsP99: {
      unit: "ms",
      kind: "gauge",
      doc: "p99 of its event loop's delay; null for a generator without one.",
    },
    cores: {
      unit: "count",
      kind: "gauge",
      doc: "Cores it used, user and system; null where not readable.",
    },
    offeredTps: {
      unit: "tps",
      kind: "gauge",
      doc: "Open loop: transactions per second that fell due; absent where the generator does not tell.",
    },
  },
} as const satisfies SeriesHeader;
