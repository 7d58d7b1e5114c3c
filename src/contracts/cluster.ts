import type { Clock } from "../lib/clock.ts";
import type { Endpoint } from "../lib/endpoint.ts";
import type { Undoing } from "./context.ts";

/**
 * Several PostgreSQL instances that are one: a primary, and standbys that follow it. What it should be
 * stands in one desired state; only the instance managers start, stop, demote and promote.
 */
export interface Cluster {
  /** Times in events are this clock's: the run's own. */
  readonly clock: Clock;
  /** All members as last seen, in the order in which they were declared; a fresh look at each call. */
  members(): readonly ClusterMember[];
  /** Name of the member that takes writes; `null` while there is none. */
  primary(): string | null;
  /** The synchronous replication that is asked for now; `null` where commits wait for nobody. */
  readonly synchronous: ClusterSynchronous | null;
  /**
   * Asks for another one while the cluster runs. Resolves when the primary has it in force for every
   * statement to come and redundancy is whole by it. Sessions that are open have it, too.
   *
   * @throws the signal's reason; where there is no primary, or fewer standbys than must confirm.
   */
  setSynchronous(synchronous: ClusterSynchronous | null, signal: AbortSignal): Promise<void>;
  /** @returns stops telling. Listeners must be quick and must not throw. */
  onEvent(listener: (event: ClusterEvent) => void): () => void;
  /** All events so far, oldest first. */
  events(): readonly ClusterEvent[];
  /**
   * Hands the primary's part over without losing a write: the old one is stopped in order, and the
   * new one is promoted only when it has all of its WAL. Where it does not get it in time, the old
   * primary goes on.
   *
   * @param to `null` takes the most advanced standby.
   * @throws where there is no such standby, or the old primary stayed.
   */
  switchover(to: string | null, signal: AbortSignal): Promise<void>;
  /**
   * Stops a member through the desired state, and resolves when it is down. A stopped standby is not
   * started again, and a stopped primary not replaced, until `start`.
   */
  stop(name: string, signal: AbortSignal): Promise<void>;
  /** Undoes `stop`, and resolves when the member accepts connections again. */
  start(name: string, signal: AbortSignal): Promise<void>;
  /** From now on nobody fails over and nobody restarts what dies, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Whether redundancy is whole: every member up, every standby streaming, synchronous ones enough. */
  isHealthy(signal: AbortSignal): Promise<ClusterHealth>;
  /** Waits for `isHealthy`, looking often. @throws the signal's reason. */
  untilHealthy(signal: AbortSignal): Promise<void>;
  /** Where a timeline left its parent, from its history file; `null` where no member knows it. */
  forkOf(timeline: number): Promise<TimelineFork | null>;
  /**
   * What an old primary's WAL held beyond the fork when its successor was promoted, read from its own
   * files before it was rewound or cloned anew. The newest such reading; `null` where there is none.
   */
  orphanedWalOf(name: string): OrphanedWal | null;
  /** `null` where nothing is archived. */
  readonly archive: ArchiveControl | null;
  /** Base backups, and going back to a moment with them; `null` where nothing is archived. */
  readonly recovery: RecoveryControl | null;
  /**
   * Leads the WAL stream of `from`, when it follows `to`, through another address, as a proxy needs it;
   * `null` leads it straight again. An existing stream is opened anew at once.
   */
  route(
    way: { readonly from: string; readonly to: string },
    via: ClusterAddress | null,
  ): Promise<void>;
  /** How others lead a stream straight again that this process leads through `via`. */
  undoingOfRoute(way: { readonly from: string; readonly to: string }, via: ClusterAddress): Undoing;
  /** Where a member answers, without proxies. */
  addressOf(name: string): ClusterAddress;
}

/** Where a server answers. */
export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
}

/** `fenced`: held down because it must not take writes, until it is a standby again. */
export type ClusterRole = "primary" | "standby" | "down" | "fenced";

/** One server of a cluster, as last seen. */
export interface ClusterMember {
  /** `pg1`, `pg2`, …: also the name of the `Instance`, and `application_name` of its WAL stream. */
  readonly name: string;
  readonly role: ClusterRole;
  /** What the desired state wants of it. */
  readonly wanted: "primary" | "standby" | "stopped" | "fenced";
  /** `null` while no server runs. */
  readonly postmasterPid: number | null;
  readonly dataDirectory: string;
  /** `pg_wal`, resolved: elsewhere than in the data directory where the experiment says so. */
  readonly walDirectory: string;
  readonly logFile: string;
  /** Last seen; `null` before the first look. */
  readonly timeline: number | null;
  /** Primary: written; standby: received. Bytes, as `pg_lsn - '0/0'`. `null` before the first look. */
  readonly lsnBytes: number | null;
}

/** The parts of a failover or switchover, in the order in which they mostly come. */
export type ClusterEventKind =
  /** The primary's process is gone, or it missed so many probes. */
  | "failed"
  /** A probe of the primary went unanswered; `failed` follows after some. */
  | "missed"
  /** A failover or switchover was decided upon. */
  | "decided"
  /** No failover, for the reason given: paused, or too few standbys to be sure that nothing is lost. */
  | "refused"
  /** No process of that server is left on the machine. */
  | "fenced"
  /** The standby that has most WAL, of those that could be asked. */
  | "chosen"
  | "promoting"
  /** Its recovery has ended: it takes writes. */
  | "promoted"
  /** A client that asks for the primary now finds it. */
  | "endpoint"
  /** Told to follow another primary. */
  | "repointed"
  /** A standby streams again. */
  | "streaming"
  /** An old primary is being made a standby, by rewinding or a fresh copy. */
  | "rejoining"
  | "rejoined"
  /** Every member is back in its part. */
  | "restored"
  /** Who counts as synchronous was changed. */
  | "synchronous"
  /** A member's role as the instance manager sees it; `role` says which. */
  | "role"
  /** Started or stopped on demand, or restarted after it had died. */
  | "started"
  | "stopped"
  /** Something did not work and is tried again. */
  | "trouble";

/** Something that a cluster saw or did. */
export interface ClusterEvent {
  /** Of the run's clock. */
  readonly atMs: number;
  readonly kind: ClusterEventKind;
  /** The member that it is about; `cluster` where it is about all. */
  readonly on: string;
  /** A sentence for people. */
  readonly text: string;
  /** For `role`, and only there. */
  readonly role?: ClusterRole;
  readonly timeline?: number;
  readonly lsnBytes?: number;
}

/** The synchronous replication that was asked for. */
export interface ClusterSynchronous {
  readonly method: "any" | "first";
  /** How many standbys must confirm a commit. */
  readonly number: number;
  readonly commit: "on" | "remote_write" | "remote_apply" | "local" | "off";
  /** `required`: writes stop rather than go unconfirmed. `preferred`: they go on without standbys. */
  readonly dataDurability: "required" | "preferred";
}

/** Whether redundancy is whole. */
export interface ClusterHealth {
  readonly healthy: boolean;
  /** What is missing, or what was found whole. */
  readonly because: string;
}

/** One line of a `.history` file. @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES */
export interface TimelineFork {
  readonly timeline: number;
  readonly parentTimeline: number;
  /** WAL up to here is common to both. */
  readonly lsnBytes: number;
}

/** The end of a history that was given up. */
export interface OrphanedWal {
  readonly timeline: number;
  readonly forkLsnBytes: number;
  /** End of the last whole record. Less than or equal to the fork where nothing was lost. */
  readonly endLsnBytes: number;
  /** COMMIT records after the fork: what a client ledger's lost acknowledgements must match. */
  readonly commits: number;
}

/** How the archive behaves; each may change while the cluster runs. */
export interface ArchiveKnobs {
  /** Of each stream, as an object store limits its connections; `null` without limit. */
  readonly bandwidthBytesPerS: number | null;
  /** Added to each file. */
  readonly latencyMs: number;
  /** Every attempt ends in an error at once. */
  readonly failing: boolean;
  /** Every attempt waits until this is `false` again. */
  readonly hanging: boolean;
}

/** The archive of a cluster, and its knobs. */
export interface ArchiveControl {
  readonly directory: string;
  /** `serial`: one file at a time, as PostgreSQL does. `parallel`: several, drained ahead of PostgreSQL. */
  readonly mode: "serial" | "parallel";
  readonly concurrency: number;
  readonly compression: "none" | "gzip";
  readonly segmentBytes: number;
  /** What brings WAL there: pgdyno's own commands and plain files, or pgBackRest and its repository. */
  readonly through: "files" | "pgbackrest";
  knobs(): ArchiveKnobs;
  /** In force from the next file on; `hanging` and `failing` also for one that waits. */
  set(knobs: Partial<ArchiveKnobs>): Promise<void>;
  /** How others turn the knobs back to where they are now. */
  undoing(): Undoing;
}

/** A copy of the whole cluster, taken while it ran. */
export interface BaseBackup {
  readonly directory: string;
  readonly timeline: number;
  /** Recovery begins here, and is consistent from `endLsnBytes` on. */
  readonly startLsnBytes: number;
  readonly endLsnBytes: number;
  readonly bytes: number;
  readonly tookMs: number;
}

/**
 * Where recovery stops. `time` as PostgreSQL writes a `timestamptz`, with its zone; `name` as given to
 * `nameMoment`. `inclusive: false` leaves out what happened at exactly that time or LSN.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET
 */
export type RecoveryTarget =
  | { readonly time: string; readonly inclusive?: boolean }
  | { readonly lsnBytes: number; readonly inclusive?: boolean }
  | { readonly name: string }
  | "latest";

/** A server of its own, beside the cluster, with the data of that moment. It takes writes. */
export interface RecoveredInstance {
  readonly endpoint: Endpoint;
  readonly adminEndpoint: Endpoint;
  readonly dataDirectory: string;
  /** Putting the backup's files in place. */
  readonly copyMs: number;
  /** From the start of the server until it takes writes. */
  readonly replayMs: number;
  /** From the backup's start to the end of recovery. */
  readonly walBytes: number;
  readonly endLsnBytes: number;
  readonly timeline: number;
  /** Stops it and takes its folder away. */
  close(): Promise<void>;
}

/** Base backups, and the way back to a point in time. */
export interface RecoveryControl {
  /** `files`: base backups over the replication protocol, and the archive's own files. */
  readonly through: "files" | "pgbackrest";
  takeBackup(signal: AbortSignal): Promise<BaseBackup>;
  /** Takes a backup's files away. */
  dropBackup(backup: BaseBackup): Promise<void>;
  /** Writes a named moment into the WAL. @returns its LSN in bytes. */
  nameMoment(name: string, signal: AbortSignal): Promise<number>;
  /** Ends the current segment and waits until all WAL so far is in the archive. */
  archiveAll(signal: AbortSignal): Promise<void>;
  /** @throws where the archive does not reach that far, with the last lines of the server's log. */
  recover(
    backup: BaseBackup,
    target: RecoveryTarget,
    signal: AbortSignal,
  ): Promise<RecoveredInstance>;
}
