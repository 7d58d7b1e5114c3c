import type { Clock } from "../lib/clock.ts";
import type { Secret } from "../lib/secret.ts";
import type { Processes } from "../lib/processes.ts";
import type { Random } from "../lib/random.ts";
import type { UndoEntry } from "./undoer.ts";

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
  /**
   * @param secret the password that the undoing needs: handed to the process that undoes it should this one
   * be killed, and never written.
   * @returns strikes the entry out, once the undoing is verified.
   */
  enter(entry: UndoEntry, secret?: Secret | null): Promise<() => Promise<void>>;
}
