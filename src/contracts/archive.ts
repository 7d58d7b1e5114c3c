import type { Endpoint } from "../lib/endpoint.ts";
import type { Undoing } from "./undoer.ts";

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
