import type { z } from "zod";
import type { Secret } from "../lib/secret.ts";

/**
 * How to undo something, as a journal holds it: data, not code, since another process may carry it out.
 * Beside its kind it has the fields of the undoer of that kind.
 */
export interface UndoEntry {
  /** `Undoer.kind`. */
  readonly undo: string;
}

/** For `sh`; the arguments are its `"$@"`. No secret may be among them. */
export interface GuardScript {
  readonly script: string;
  readonly args: readonly string[];
}

/** One way to undo what outlives a process: what a journal holds of it, and how it is carried out. */
export interface Undoer<Fields extends object = object> {
  /** kebab-case; permanent, since it stands in journals. */
  readonly kind: string;
  /** Reads what any version of pgdyno wrote: a field that is new must be optional. */
  readonly schema: z.ZodType<Fields>;
  /** What it is about, for people: `folder /tmp/pgdyno-1`. */
  describe(fields: Fields): string;
  /**
   * Undoes it. Safe where nothing is to be done, and when called twice; touches nothing that is not pgdyno's.
   *
   * @param secret the password that `Journal.enter` was given; `null` where it is lost, or there is none.
   * @throws where it is not undone.
   */
  undo(fields: Fields, secret?: Secret | null): Promise<void>;
  /** The same by a script that needs nothing of pgdyno; absent where nothing is undone at a time limit. */
  guard?(fields: Fields): GuardScript;
}

/** One that can be carried out by a script, too. */
export interface GuardedUndoer<Fields extends object = object> extends Undoer<Fields> {
  guard(fields: Fields): GuardScript;
}

/** How something is undone by others than the process that did it, should that be gone by then. */
export interface Undoing {
  /** By `gc`. */
  readonly entry: UndoEntry;
  /** By a script that waits for the time limit, and needs nothing of pgdyno. */
  readonly guard: GuardScript;
}

/** Gives the undoer back typed. */
export function defineUndoer<Fields extends object>(undoer: Undoer<Fields>): Undoer<Fields> {
  return undoer;
}

/** Gives the undoer back typed. */
export function defineGuardedUndoer<Fields extends object>(
  undoer: GuardedUndoer<Fields>,
): GuardedUndoer<Fields> {
  return undoer;
}

/** What a journal holds for that undoer. */
export function undoEntry<Fields extends object>(
  { kind }: Pick<Undoer<Fields>, "kind" | "schema">,
  fields: Fields,
): UndoEntry {
  return { undo: kind, ...fields };
}

/** The same, with the script for the time limit. */
export function undoingBy<Fields extends object>(
  undoer: GuardedUndoer<Fields>,
  fields: Fields,
): Undoing {
  return { entry: undoEntry(undoer, fields), guard: undoer.guard(fields) };
}
