import type { TargetHandle } from "./target-handle.ts";
import type { z } from "zod";
import type { FieldPath } from "../lib/field-path.ts";
import type { ErrorSeen, TrialOutcome } from "../record/events.ts";
import type { LoadResource, LoadUnit } from "../record/load-kind.ts";
import type { LoadMode } from "../record/planned-trial.ts";
import type { LoadInterval } from "../record/load-interval.ts";
import type { PartContext } from "./context.ts";
import type { Rehearsal, RehearseContext } from "./rehearsal.ts";
import type { TargetPlan } from "./target-plan.ts";

export type { ErrorSeen, TrialError } from "../record/events.ts";
export type { LoadInterval, ScriptInterval } from "../record/load-interval.ts";

/** The data that a workload loads before its trials. Trials with the same `key` share one load. */
export interface Dataset {
  /** Same key, same data. */
  readonly key: string;
  readonly summary: string;
  /** `null` where it cannot be told in advance. */
  readonly estimatedBytes: number | null;
  readonly estimatedMs: number;
}

/** A sentence about one of a workload's options. */
export interface LoadWarning {
  /** Within the workload's options. */
  readonly path: FieldPath;
  readonly message: string;
}

/** Locks on tables and indexes in one transaction, and the option that makes them so many. */
export interface LoadLocks {
  readonly count: number;
  readonly path: FieldPath;
}

/** What a workload will do, told before anything is touched. */
export interface WorkloadPlan {
  /** For people, short: `tpcb-like, scale 20, prepared`. Also the title of its curve. */
  readonly title: string;
  readonly dataset: Dataset | null;
  /** The options with what only planning knows: whole paths, sizes as numbers. They go to `prepare` and `run`. */
  readonly settledOptions: unknown;
  /** Programs that must be there, found on PATH or beside the server. */
  readonly needs: readonly string[];
  /** What a reader must know before the run: of one of its options, or of the whole load. */
  readonly warnings: readonly (string | LoadWarning)[];
  /** True where its statements only read, as far as they tell. */
  readonly readsOnly?: boolean;
  /** pgbench's tables that must be there already, since the load uses them and does not make them. */
  readonly tables: readonly string[];
  /** True where each transaction has a connection of its own: one that has just ended is not gone at once. */
  readonly reconnects: boolean;
  /** Locks that making the data takes at a time; absent where they are a few. */
  readonly locks?: LoadLocks;
  /**
   * Where the workload changes its offered rate by itself: transactions per second that are due on
   * average between two instants of the load, in ms since its start. The load is then an open loop,
   * and its stage must give no rate.
   */
  meanRateTps?(fromMs: number, toMs: number): number;
}

/** What a generator needs of the target that it loads; it may run on another machine than its server. */
export type LoadTarget = Pick<TargetHandle, "loadEndpoint" | "binDirectory" | "facts">;

/** One of several generators that carry a load together, each with clients of its own. */
export interface LoadPart {
  /** From 0, and how many there are. */
  readonly index: number;
  readonly count: number;
  /** Clients of the load are numbered through: this is the number of its first one. */
  readonly firstClient: number;
  /** What all of them carry together. */
  readonly whole: {
    readonly clients: number;
    readonly rateTps: number | null;
    readonly seed: number;
  };
}

/** What a workload is handed for one trial. */
export interface LoadContext<Options> extends PartContext {
  readonly target: LoadTarget;
  readonly options: Options;
  readonly mode: LoadMode;
  /** Its own, where it carries only a part; `seed` is then another for each part. */
  readonly clients: number;
  readonly rateTps: number | null;
  readonly seed: number;
  /** Absent where it carries the whole load. */
  readonly part?: LoadPart;
  /** Warm-up, window and cool-down together. The workload ends by itself after it. */
  readonly durationMs: number;
  /** Ends the load early and cleanly. */
  readonly signal: AbortSignal;
  /** A path under `raw/<trial>/` for untouched output. */
  rawFile(name: string): string;
  /** The path `ledger/<trial>.<name>.csv`; see `record/ledger-format.ts`. */
  ledgerFile(name: string): string;
  /**
   * Asked once everything that must be there before the load is there: the instant of the run's clock
   * at which it begins, together with the other parts. Absent: at once.
   */
  whenToStart?(): Promise<number>;
  /** The load begins now: every connection is open. The window is counted from here. */
  onStart(): void;
  onInterval(interval: LoadInterval): void;
  /** Transactions met an error of a kind that was not there before in this load. */
  onError(error: ErrorSeen): void;
}

/** What a workload is handed to load its data. */
export interface PrepareContext<Options> extends PartContext {
  readonly target: TargetHandle;
  readonly options: Options;
  readonly signal: AbortSignal;
  rawFile(name: string): string;
  /** Share done, 0 to 1, for the progress line. */
  onProgress(share: number): void;
}

/** What a workload is handed just before its load, and to look at what the load left behind. */
export interface AroundLoadContext<Options> extends PartContext {
  readonly target: TargetHandle;
  readonly options: Options;
  readonly signal: AbortSignal;
  /** As in the load. */
  ledgerFile(name: string): string;
}

/** How a load ended, as the workload tells it; the engine adds the size of the database. */
export type WorkloadOutcome = Omit<TrialOutcome, "databaseBytesBefore" | "databaseBytesAfter">;

/** What loads a target. Says what it needs, puts load on, reports what it saw, judges nothing. */
export interface Workload<Options = unknown> {
  /** kebab-case; the key under `workload:` in the experiment. */
  readonly id: string;
  readonly summary: string;
  /** What it presses on: only where that is `sql` is a database asked about the load. */
  readonly resource: LoadResource;
  /** What its `transactions` are. */
  readonly unit: LoadUnit;
  readonly options: z.ZodType<Options>;
  /** Must touch nothing. `maxClients` is the largest number of clients that the experiment asks of it. */
  plan(
    options: Options,
    about: {
      readonly target: TargetPlan;
      readonly maxClients: number;
      readonly experimentDirectory: string;
    },
  ): Promise<WorkloadPlan>;
  /** Loads the data. Runs once per dataset; the database bears pgdyno's marker by then. */
  prepare(context: PrepareContext<Options>): Promise<void>;
  /** SQL statements of the user's scripts, as they stand there; absent where all scripts are its own. */
  statements?(options: Options): Promise<readonly string[]>;
  /**
   * Runs each script once by one client, after the data is there and before any load, so that what can
   * never work ends the run at once. Rolled back where it can be. Absent where all scripts are its own.
   */
  rehearse?(context: RehearseContext<Options>): Promise<Rehearsal>;
  /** What a load needs once, however many generators then carry it: an empty table for its ledger. */
  setUp?(context: AroundLoadContext<Options>): Promise<void>;
  /** The files that `run` reads, as its settled options name them; absent where it reads none. */
  filesOf?(options: Options): readonly string[];
  run(context: LoadContext<Options>): Promise<WorkloadOutcome>;
  /**
   * Reads back what the load left, after the trial and once every fault is healed. Waits for the
   * service to come back. What it finds goes into the record; it judges nothing.
   */
  verify?(context: AroundLoadContext<Options>): Promise<void>;
}

/** Gives the workload back typed. */
export function defineWorkload<Options>(workload: Workload<Options>): Workload<Options> {
  return workload;
}
