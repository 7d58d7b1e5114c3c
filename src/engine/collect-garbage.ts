import { rmSync } from "node:fs";
import type { UndoEntry, Undoer } from "../contracts/undoer.ts";
import { messageOf } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";
import { strikeOut } from "./journal.ts";
import type { LeftBehind } from "./journal.ts";

export interface Undone {
  readonly entry: UndoEntry;
  /** `null` where it worked. */
  readonly error: string | null;
}

/**
 * Undoes what a run that is gone left behind, newest first, and forgets the journal once nothing is
 * left. What cannot be undone stays in the journal and does not keep the rest.
 */
export async function collectGarbage(
  left: LeftBehind,
  undoers: readonly Undoer[],
  secrets: ReadonlyMap<number, Secret> = new Map(),
): Promise<Undone[]> {
  const results = await undoEntries(left, undoers, secrets);
  if (results.every(({ error }) => error === null)) rmSync(left.path, { force: true });
  return results;
}

/** The same for some entries of a journal, which stays. */
export async function undoEntries(
  left: Pick<LeftBehind, "path" | "entries">,
  undoers: readonly Undoer[],
  secrets: ReadonlyMap<number, Secret> = new Map(),
): Promise<Undone[]> {
  const results: Undone[] = [];
  for (const { number, entry } of left.entries) {
    const secret = secrets.get(number) ?? null;
    const error = await carryOut(entry, undoers, secret).then(() => null, messageOf);
    if (error === null) strikeOut(left.path, number);
    results.push({ entry, error });
  }
  return results;
}

/**
 * Undoes one thing.
 *
 * @throws where it is not undone, or the entry is of a version that has undoers which this one lacks.
 */
export async function carryOut(
  entry: UndoEntry,
  undoers: readonly Undoer[],
  secret: Secret | null = null,
): Promise<void> {
  const read = readEntry(entry, undoers);
  if (read === null) {
    throw new Error(
      "this version of pgdyno cannot read its entry; the version that wrote it can undo it",
    );
  }
  await read.undoer.undo(read.fields, secret);
}

/** What an entry is about, for people. */
export function describeUndo(entry: UndoEntry, undoers: readonly Undoer[]): string {
  const read = readEntry(entry, undoers);
  return read === null ? `an entry of kind ${entry.undo}` : read.undoer.describe(read.fields);
}

/** `null` where no undoer knows such an entry. */
function readEntry(
  entry: UndoEntry,
  undoers: readonly Undoer[],
): { readonly undoer: Undoer; readonly fields: object } | null {
  const undoer = undoers.find(({ kind }) => kind === entry.undo);
  const fields = undoer?.schema.safeParse(entry);
  return undoer === undefined || fields?.success !== true ? null : { undoer, fields: fields.data };
}
