import type { Clock } from "../lib/clock.ts";
import type { Endpoint } from "../lib/endpoint.ts";
import type { PreparedMarks } from "../lib/prepared-transactions.ts";
import type { Secret } from "../lib/secret.ts";
import type { ProcessIdentity } from "../lib/process-identity.ts";
import type { SharedMemory } from "../lib/postgresql-shared-memory.ts";
import type { Processes } from "../lib/processes.ts";
import type { Random } from "../lib/random.ts";

/**
 * What every part is handed instead of reaching for it: time, randomness, processes, and where to
 * say what it does. The simulation hands over its own.
 */
export interface PartContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  /** A folder of this run's own for files that must not outlive it. */
  readonly scratchDirectory: string;
  /** Writes down how to undo what the part is about to do, before it does it; see `gc`. */
  readonly journal: Journal;
  /** One line for people, shown as progress: `fills pgbench_accounts, 40 %`. */
  say(text: string): void;
}

/**
 * The inverse of something that is about to be done, kept in a file that outlives this process.
 *
 * Written and synced before the thing is done, struck out after it was undone. `gc` works from it.
 */
export interface Journal {
  /** @returns strikes the entry out, once the undoing is verified. */
  /**
   * `secret` is the password that the undoing needs: handed to the process that undoes it should this one
   * be killed, and never written.
   */
  enter(entry: UndoEntry, secret?: Secret | null): Promise<() => Promise<void>>;
}

/** Data, not code, since another process may carry it out. `startedAt` as `processStartOrNull` gives it. */
export type UndoEntry =
  | {
      readonly undo: "stop-postgres";
      readonly dataDirectory: string;
      readonly binDirectory: string;
      readonly uid: number | null;
    }
  | { readonly undo: "remove-directory"; readonly path: string }
  | {
      readonly undo: "end-process";
      readonly pid: number;
      readonly startedAt: string;
      readonly title: string;
    }
  /** Frozen by a fault: they go on. */
  | {
      readonly undo: "continue-processes";
      readonly processes: readonly ProcessIdentity[];
      readonly title: string;
    }
  /** What is left of a server whose postmaster was killed; a server that runs there again stays. */
  | {
      readonly undo: "end-orphans";
      readonly dataDirectory: string;
      /** What the server shared before: once all its processes are gone, nothing tells. */
      readonly memory?: SharedMemory;
    }
  /** A settings file of ours gets this text again; nothing where it is gone, or is not ours. */
  | { readonly undo: "restore-file"; readonly path: string; readonly text: string }
  /** A standby's WAL stream leads through a proxy that is gone; it gets its primary's own address again. */
  | {
      readonly undo: "lead-straight";
      readonly dataDirectory: string;
      readonly via: { readonly host: string; readonly port: number };
      readonly to: { readonly host: string; readonly port: number };
    }
  /** Programs of ours that still copy to or from below that folder: they would fill it again. */
  | { readonly undo: "end-copying"; readonly directory: string }
  /** A statement that cleans up after itself when it is cancelled, in a session of ours. */
  | {
      readonly undo: "cancel-statement";
      readonly pid: number;
      readonly startedAt: string;
      readonly title: string;
    }
  /** Its processes go back to the group around it. Only a group that bears pgdyno's name. */
  | { readonly undo: "remove-cgroup"; readonly directory: string }
  /** What a load prepared for a two-phase commit and did not end. */
  | {
      readonly undo: "roll-back-prepared";
      readonly endpoint: Omit<Endpoint, "password">;
      readonly marks: PreparedMarks;
    }
  /** Only a file that bears pgdyno's name. */
  | { readonly undo: "remove-file"; readonly path: string };

/** For `sh`; the arguments are its `"$@"`. No secret may be among them. */
export interface GuardScript {
  readonly script: string;
  readonly args: readonly string[];
}

/** How something is undone by others than the process that did it, should that be gone by then. */
export interface Undoing {
  /** By `gc`. */
  readonly entry: UndoEntry;
  /** By a script that waits for the time limit, and needs nothing of pgdyno. */
  readonly guard: GuardScript;
}

/** How each kind of entry is carried out. Throws where it could not; safe when called twice. */
export type Undoers = {
  readonly [Kind in UndoEntry["undo"]]: (
    entry: Extract<UndoEntry, { undo: Kind }>,
    secret?: Secret | null,
  ) => Promise<void>;
};
