import type { z } from "zod";
import type { Endpoint } from "../lib/endpoint.ts";
import type { LookConnection } from "../lib/find-local-server.ts";
import type { MachineFacts, ServerFacts } from "../record/format.ts";
import type { Cluster } from "./cluster.ts";
import type { PartContext } from "./context.ts";
import type { AppliedFault, FaultContext } from "./fault.ts";
import type { Probe, ProbeSession } from "./probe.ts";
import type { RecoveryDrills } from "./recovery-drills.ts";
import type { Step } from "./step.ts";
import type { LoadContext, PrepareContext, WorkloadOutcome } from "./workload.ts";

export type { MachineFacts, ServerFacts } from "../record/format.ts";

/** One PostgreSQL server of a target. */
export interface Instance {
  /** `pg1`, `pg2`, …: the name in the record. */
  readonly name: string;
  /** For probes: a role that may read statistics, in the database under test. */
  readonly monitorEndpoint: Endpoint;
  /** Process id of the postmaster, where it runs on this machine and may be looked at. */
  readonly postmasterPid: number | null;
  /** PGDATA on this machine; `null` where it is elsewhere. */
  readonly dataDirectory: string | null;
  /** The server's log on this machine; `null` where it cannot be read. */
  readonly logFile: string | null;
  /**
   * Told each session that probes are read over: the server may have been restarted since, or another
   * one taken its part. Absent where the target knows that by itself.
   */
  lookAgain?(connection: LookConnection): Promise<void>;
}

/** A target that is up. */
export interface TargetHandle {
  /** Where the load goes. */
  readonly loadEndpoint: Endpoint;
  /** For what the load's role may not: restore, checkpoint, settings. `null` where there is no such role. */
  readonly adminEndpoint: Endpoint | null;
  readonly instances: readonly Instance[];
  facts(
    signal: AbortSignal,
  ): Promise<{ readonly server: ServerFacts; readonly machine: MachineFacts | null }>;
  /** Folder with the client programs that belong to this server; `null` to look on PATH. */
  readonly binDirectory: string | null;
  /** Writes a checkpoint where the role may; `false` where it may not. */
  checkpoint(signal: AbortSignal): Promise<boolean>;
  /**
   * Keeps what the database holds now as the state that `restoreData` goes back to.
   * @returns `false` where the target cannot (no right to create databases, too little disk).
   */
  keepData(signal: AbortSignal): Promise<boolean>;
  /** Puts the kept state back, with all connections to the database under test closed first. */
  restoreData(signal: AbortSignal): Promise<void>;
  /**
   * Puts settings in force beyond those that the target came up with, and takes back those that an
   * earlier call put in force and this one does not name; restarts the server where one needs it.
   * Absent where the target's settings are not pgdyno's to change.
   * @throws where the server does not take a value.
   */
  applyParameters?(
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Runs the server of that major version in place of the one that runs now, at the same address and with
   * the same roles, with data and settings of its own, which it keeps; `null` stands for the version that
   * the target came up with. Nobody may be connected. Absent where the version is not pgdyno's to choose.
   * @throws {DynoError} where there is no such PostgreSQL, or it does not start.
   */
  useVersion?(major: number | null, signal: AbortSignal): Promise<ServerVersion>;
  /** The instances as one, with its roles and ways to change them; absent where pgdyno does not run it. */
  readonly cluster?: Cluster;
  /** Kills and rebuilds, to time how the servers come back; absent where they are not pgdyno's to kill. */
  readonly drills?: RecoveryDrills;
  /** Stands in for workloads and probes where there is no server; absent on a real target. */
  readonly simulation?: Simulation;
}

/** Which PostgreSQL runs. */
export interface ServerVersion {
  readonly major: number;
  /** `17.6`. */
  readonly version: string;
  /** Where its binaries came from, as in `ServerFacts`. */
  readonly provenance: string;
}

/** A target that is only computed: it answers for the load and for the probes itself. */
export interface Simulation {
  prepare(context: PrepareContext<unknown>): Promise<void>;
  load(context: LoadContext<unknown>): Promise<WorkloadOutcome>;
  /** Stands in for every fault; absent where there is no simulated cluster. */
  fault?(context: FaultContext<unknown>): Promise<AppliedFault>;
  /** Puts so much round trip between the members; absent where there is no simulated cluster. */
  setDistance?(roundTripMs: number): void;
  /** `null` where it has nothing to say under that probe. */
  probe(probe: Probe): ProbeSession | null;
}

/** What a target will be, told before anything is touched. */
export interface TargetPlan {
  /** A sentence for `plan`: what will be set up where. */
  readonly summary: string;
  /** Roughly how long it takes to come up and go down. */
  readonly estimatedMs: number;
  /** Memory that the database may use, for sizing data by share; `null` where not known before it is up. */
  readonly memoryBytes: number | null;
  readonly sharedBuffersBytes: number | null;
  /** The folder whose volume takes the data, to check that it is large enough; `null` where it is elsewhere. */
  readonly dataVolumePath: string | null;
  /** `checkpoint_timeout` and `max_wal_size` as the experiment sets them, or PostgreSQL's defaults. */
  readonly checkpointTimeoutMs: number;
  readonly maxWalBytes: number;
  /** Where its WAL goes; absent where that is not known before it is up. */
  readonly wal?: {
    readonly standbys: number;
    readonly isArchived: boolean;
    /** Files that are archived at a time. */
    readonly archiveStreams: number;
    readonly segmentBytes: number;
  };
}

/** What a run will do with its target. */
export interface TargetUse {
  /** False where the target is only watched: then nothing in it may be written, not even a marker. */
  readonly isLoaded: boolean;
}

/**
 * Where PostgreSQL lives. Declares how it comes up and goes down; starts nothing by itself.
 */
export interface Target<Options = unknown> {
  /** kebab-case; the key under `target:` in the experiment. */
  readonly id: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** True where its time is virtual: the whole run is computed from the seed. */
  readonly simulated?: true;
  /** Must touch nothing but what it can read cheaply on this machine. */
  plan(options: Options, context: PartContext): Promise<TargetPlan>;
  /** `handle()` is valid once every step is up. Without `use` it will be loaded. */
  open(
    options: Options,
    context: PartContext,
    use?: TargetUse,
  ): { readonly steps: readonly Step[]; handle(): TargetHandle };
}

/** Gives the target back typed. */
export function defineTarget<Options>(target: Target<Options>): Target<Options> {
  return target;
}
