import type { RunStatus } from "./format.ts";

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
  | {
      /** Transactions of a trial met this error for the first time; `TrialOutcome.errors` has how often. */
      readonly kind: "load-error";
      readonly atMs: number;
      readonly trial: string;
      readonly error: ErrorSeen;
    }
  | {
      /** The scripts of a workload were run once by one client before the load. */
      readonly kind: "dry-pass";
      readonly atMs: number;
      /** The workload's title. */
      readonly workload: string;
      /** What it met; where a script cannot work, the run ends. */
      readonly errors: readonly ErrorSeen[];
      /** What could not be tried or rolled back, and why: whole sentences. */
      readonly notes: readonly string[];
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
  /** Kinds of errors, the most frequent first; absent where the generator did not tell them. */
  readonly errors?: readonly TrialError[];
  /** Clients that ended at an error before the load did; absent where the generator did not tell. */
  readonly endedClients?: number;
  /** Each worker, where the load ran on several; absent where this program put it on by itself. */
  readonly workers?: readonly WorkerOutcome[];
  readonly databaseBytesBefore: number | null;
  readonly databaseBytesAfter: number | null;
  /** Sentences that a reader must know: a client died, a rate was not delivered. */
  readonly warnings: readonly string[];
}

/** One of several workers that carried a load together. */
export interface WorkerOutcome {
  readonly name: string;
  readonly isOnThisMachine: boolean;
  readonly clients: number;
  /** As in the outcome of the whole; `null` too where it was lost. */
  readonly generatorCpuMs: number | null;
  readonly generatorThreads: number;
  /** By how much its clock, held against the run's, may be wrong. */
  readonly clockErrorMs: number;
  /** When and why it went away in the middle of the load; `null` where it did not. */
  readonly lost: { readonly atMs: number; readonly because: string } | null;
}

/** An error that transactions met, in the server's words. */
export interface ErrorSeen {
  /** SQLSTATE; `null` where the generator does not tell it, and where it was not the server that spoke. */
  readonly sqlState: string | null;
  /** The primary message, of the first of its kind. */
  readonly message: string;
  /** The server's own hint. */
  readonly hint: string | null;
  readonly script: string | null;
  /** Where in the script, from 1. */
  readonly line: number | null;
  /** The statement as the script has it. */
  readonly statement: string | null;
}

/** One kind of error: the same code at the same statement, over a whole trial. */
export interface TrialError extends ErrorSeen {
  readonly count: number;
  /** On the run's clock. */
  readonly firstMs: number;
  readonly lastMs: number;
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
