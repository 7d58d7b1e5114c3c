/**
 * What a target can do beyond coming up and answering. Each capability is offered whole or not at all;
 * faults and stages name those that they need, and nothing else is asked of a target.
 */
import type { ArchiveControl, RecoveryControl } from "./archive.ts";
import type { ClusterSynchronous } from "./cluster.ts";
import type { LinkShape } from "../lib/tcp-proxy/link-shape.ts";
import type { OrphanedWal } from "./cluster.ts";
import type { Breaking } from "./precaution.ts";
import type { CrashDrills, RebuildDrills } from "./recovery-drills.ts";

/** What every capability may have. */
export interface Capability {
  /**
   * Asked before any data is loaded: what this machine lacks for it, as a sentence; `null` where it can
   * be done. Absent where nothing can be lacking.
   */
  whyNot?(): Promise<string | null>;
}

/** Ends and freezes whole servers, as a crash and a hanging machine do. */
export interface ServerProcesses extends Capability {
  /**
   * Kills with SIGKILL; whole again when that server runs and answers, or is meant to be down.
   *
   * @param which `postmaster`: its children live on for some milliseconds. `all`: every process at once.
   * @returns a clause for the record: `killed postmaster 4711 of pg1`.
   */
  kill(on: string, which: "postmaster" | "all", breaking: Breaking): Promise<string>;
  /** Freezes with SIGSTOP, the postmaster first; whole again when all go on. */
  freeze(on: string, which: "postmaster" | "all", breaking: Breaking): Promise<string>;
}

/** A kind of child, as `pg_stat_activity.backend_type` names it. */
export type ServerChild = "client backend" | "walreceiver";

/** Ends and freezes single children of a server. */
export interface ServerChildren extends Capability {
  /**
   * Kills one with SIGKILL: the postmaster ends all others and recovers. Of client backends one of the
   * load's, where it has any.
   */
  kill(on: string, child: ServerChild, breaking: Breaking): Promise<string>;
  freeze(on: string, child: ServerChild, breaking: Breaking): Promise<string>;
}

/** Limits what a server may use of its machine. A server that is started anew meanwhile is not limited. */
export interface CpuLimit extends Capability {
  limit(on: string, cores: number, breaking: Breaking): Promise<string>;
}

/** The same for the disk that holds its WAL: reads and writes each. */
export interface IoLimit extends Capability {
  limit(
    on: string,
    limits: { readonly bytesPerS: number; readonly operationsPerS: number },
    breaking: Breaking,
  ): Promise<string>;
}

/** The ways that WAL takes between members. */
export interface WalLinks extends Capability {
  /**
   * Disturbs the stream of a standby; of the primary those to all standbys. `shape.there` is what a
   * standby sends, `shape.back` the WAL that comes.
   *
   * @param resets whether the streams are reset as well when it begins.
   * @returns the streams, for the record: `the WAL stream from pg1 to pg2`.
   */
  disturb(on: string, shape: LinkShape, resets: boolean, breaking: Breaking): Promise<string>;
  /** How far the members are from one another, for as long as the run lasts. */
  readonly distance: NetworkDistance;
}

/** How far the members of a cluster are from one another. */
export interface NetworkDistance {
  /**
   * Puts so much round trip between any two members, for the streams that there are and for those
   * that a failover will open; 0 puts all back as it was.
   *
   * @throws where a stream does not come back; the signal's reason.
   */
  set(roundTripMs: number, signal: AbortSignal): Promise<void>;
  /** Median round trip of an empty query to the primary the way WAL takes; `null` where none came back. */
  measure(signal: AbortSignal): Promise<number | null>;
  /** Puts all back as it was without looking whether streams come back. Safe to call twice. */
  close(): Promise<void>;
}

/** How much room WAL has. */
export interface WalRoom extends Capability {
  /** What is free, and segments that are there to be written; `null` where it cannot be seen now. */
  roomBytes(on: string, flushedLsnBytes: number | null): Promise<number | null>;
}

/** The volume that WAL is written to. */
export interface WalVolume extends Capability {
  /** Fills it but for so much; whole again when the room is back. */
  fill(on: string, leaveBytes: number, breaking: Breaking): Promise<string>;
}

/** Replay on a standby. */
export interface ReplayControl extends Capability {
  /** WAL is received and flushed, and not replayed. */
  pause(on: string, breaking: Breaking): Promise<string>;
}

/** Which members are to be up, and whether somebody fails over. */
export interface MemberControl extends Capability {
  /**
   * Stops a member in order, and resolves when it is down. A stopped standby is not started again, and
   * a stopped primary not replaced, until `start`.
   */
  stop(name: string, signal: AbortSignal): Promise<void>;
  /** Undoes `stop`, and resolves when the member accepts connections again. */
  start(name: string, signal: AbortSignal): Promise<void>;
  /** From now on nobody fails over and nobody restarts what dies, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** What commits wait for. */
export interface SynchronousControl extends Capability {
  /**
   * Resolves when the primary has it in force for every statement to come and redundancy is whole by it.
   * Sessions that are open have it, too. `null`: commits wait for nobody.
   *
   * @throws the signal's reason; where there is no primary, or fewer standbys than must confirm.
   */
  set(synchronous: ClusterSynchronous | null, signal: AbortSignal): Promise<void>;
}

/** What an old primary held that its successor does not. */
export interface OldPrimaryWal extends Capability {
  /**
   * WAL beyond the fork when its successor was promoted, read before it was rewound or cloned anew. The
   * newest such reading; `null` where there is none.
   */
  orphanedOf(name: string): OrphanedWal | null;
}

/** The server's settings. */
export interface ParameterControl extends Capability {
  /**
   * Puts settings in force beyond those that the target came up with, and takes back those that an
   * earlier call put in force and this one does not name; restarts the server where one needs it.
   * @throws where the server does not take a value.
   */
  apply(parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
}

/** Which PostgreSQL runs. */
export interface ServerVersion {
  readonly major: number;
  /** `17.6`. */
  readonly version: string;
  /** Where its binaries came from, as in `ServerFacts`. */
  readonly provenance: string;
}

/** The server's major version. */
export interface VersionControl extends Capability {
  /**
   * Runs the server of that major version in place of the one that runs now, at the same address and with
   * the same roles, with data and settings of its own, which it keeps; `null` stands for the version that
   * the target came up with. Nobody may be connected.
   * @throws {DynoError} where there is no such PostgreSQL, or it does not start.
   */
  use(major: number | null, signal: AbortSignal): Promise<ServerVersion>;
}

/** Every capability by its name. A target leaves out what it cannot do. */
export interface Capabilities {
  readonly processes?: ServerProcesses;
  readonly children?: ServerChildren;
  readonly cpuLimit?: CpuLimit;
  readonly ioLimit?: IoLimit;
  readonly links?: WalLinks;
  readonly walRoom?: WalRoom;
  readonly walVolume?: WalVolume;
  readonly replay?: ReplayControl;
  readonly members?: MemberControl;
  readonly synchronous?: SynchronousControl;
  readonly oldPrimaryWal?: OldPrimaryWal;
  readonly archive?: ArchiveControl;
  readonly recovery?: RecoveryControl;
  readonly crash?: CrashDrills;
  readonly rebuild?: RebuildDrills;
  readonly parameters?: ParameterControl;
  readonly version?: VersionControl;
}

/** The name of a capability. */
export type CapabilityName = keyof Capabilities;

/** These capabilities, each of them there. */
export type Needed<Name extends CapabilityName> = {
  readonly [Key in Name]: NonNullable<Capabilities[Key]>;
};

/** Breaks only what it set up itself. */
const OWN =
  "pgdyno breaks only servers that it set up: target `local` with two or more `instances`";
const STANDBY = "set `instances: 2` or more in target `local`";
const ARCHIVE = "set `archive: {}` in target `local`";
const LOCAL = "target `local` does";

/** What the lack of each means, completing "The target …", and where it is to be had. */
const LACKS: Readonly<Record<CapabilityName, readonly [lacks: string, wayOut: string]>> = {
  processes: ["does not let pgdyno end or freeze a server's processes", OWN],
  children: ["does not let pgdyno end or freeze single processes of a server", OWN],
  cpuLimit: ["does not let pgdyno limit a server's CPU", OWN],
  ioLimit: ["does not let pgdyno limit a server's disk", OWN],
  links: ["has no WAL streams that pgdyno may disturb", STANDBY],
  walRoom: ["does not show how much room its WAL has", OWN],
  walVolume: ["has no WAL volume that pgdyno may fill", OWN],
  replay: ["has no standby whose replay pgdyno may pause", STANDBY],
  members: ["does not let pgdyno stop and start servers", OWN],
  synchronous: ["does not let pgdyno change synchronous replication", STANDBY],
  oldPrimaryWal: ["does not show what an old primary's WAL holds", OWN],
  archive: ["has no WAL archive that pgdyno controls", ARCHIVE],
  recovery: ["has no backups and no WAL archive that pgdyno controls", ARCHIVE],
  crash: ["has no server that pgdyno may kill and start again", LOCAL],
  rebuild: ["has no standby that pgdyno may copy anew", STANDBY],
  parameters: ["does not let pgdyno change the server's settings", LOCAL],
  version: ["does not let pgdyno choose the server's version", LOCAL],
};

/** The first of these that a target does not offer, or that this machine lacks something for, as a sentence; `null` where all can be done. */
export async function whyNotCapable(
  offered: Capabilities,
  needs: readonly CapabilityName[],
): Promise<string | null> {
  for (const name of needs) {
    const capability = offered[name];
    if (capability === undefined) return `The target ${LACKS[name].join(": ")}.`;
    const because = (await (capability as Capability).whyNot?.()) ?? null;
    if (because !== null) return because;
  }
  return null;
}
