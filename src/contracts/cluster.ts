import type { Clock } from "../lib/clock.ts";

/**
 * Several PostgreSQL instances that are one: a primary, and standbys that follow it. What it should be
 * stands in one desired state. This is what every highly available PostgreSQL has; what else a target can
 * do with its servers are capabilities.
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
  /** Whether redundancy is whole: every member up, every standby streaming, synchronous ones enough. */
  isHealthy(signal: AbortSignal): Promise<ClusterHealth>;
  /** Waits for `isHealthy`, looking often. @throws the signal's reason. */
  untilHealthy(signal: AbortSignal): Promise<void>;
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

/** The end of a history that was given up. */
export interface OrphanedWal {
  readonly timeline: number;
  readonly forkLsnBytes: number;
  /** End of the last whole record. Less than or equal to the fork where nothing was lost. */
  readonly endLsnBytes: number;
  /** COMMIT records after the fork: what a client ledger's lost acknowledgements must match. */
  readonly commits: number;
}
