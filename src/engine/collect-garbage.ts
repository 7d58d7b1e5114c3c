import { rmSync } from "node:fs";
import type { UndoEntry, Undoers } from "../contracts/context.ts";
import { describeEndpoint } from "../lib/endpoint.ts";
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
  undoers: Undoers,
  secrets: ReadonlyMap<number, Secret> = new Map(),
): Promise<Undone[]> {
  const results: Undone[] = [];
  for (const { number, entry } of left.entries) {
    const secret = secrets.get(number) ?? null;
    const error = await carryOut(entry, undoers, secret).then(() => null, messageOf);
    if (error === null) strikeOut(left.path, number);
    results.push({ entry, error });
  }
  if (results.every(({ error }) => error === null)) rmSync(left.path, { force: true });
  return results;
}

/** What an entry is about, for people. */
export function describeUndo(entry: UndoEntry): string {
  switch (entry.undo) {
    case "stop-postgres":
      return `PostgreSQL in ${entry.dataDirectory}`;
    case "remove-directory":
      return `folder ${entry.path}`;
    case "end-process":
      return `process ${entry.pid} (${entry.title})`;
    case "continue-processes":
      return `frozen processes ${entry.processes.map(({ pid }) => pid).join(", ")} (${entry.title})`;
    case "end-orphans":
      return `orphans of the server in ${entry.dataDirectory}`;
    case "end-copying":
      return `programs that copy in ${entry.directory}`;
    case "cancel-statement":
      return `a statement of session ${entry.pid} (${entry.title})`;
    case "remove-cgroup":
      return `control group ${entry.directory}`;
    case "remove-file":
      return `file ${entry.path}`;
    case "restore-file":
      return `what stood in ${entry.path}`;
    case "roll-back-prepared":
      return `prepared transactions of a load on ${describeEndpoint({ ...entry.endpoint, password: null })}`;
    case "lead-straight":
      return `the WAL stream of the server in ${entry.dataDirectory}`;
  }
}

async function carryOut(entry: UndoEntry, undoers: Undoers, secret: Secret | null): Promise<void> {
  switch (entry.undo) {
    case "stop-postgres":
      return undoers["stop-postgres"](entry, secret);
    case "remove-directory":
      return undoers["remove-directory"](entry, secret);
    case "end-process":
      return undoers["end-process"](entry, secret);
    case "continue-processes":
      return undoers["continue-processes"](entry, secret);
    case "end-orphans":
      return undoers["end-orphans"](entry, secret);
    case "end-copying":
      return undoers["end-copying"](entry, secret);
    case "cancel-statement":
      return undoers["cancel-statement"](entry, secret);
    case "remove-cgroup":
      return undoers["remove-cgroup"](entry, secret);
    case "remove-file":
      return undoers["remove-file"](entry, secret);
    case "restore-file":
      return undoers["restore-file"](entry, secret);
    case "roll-back-prepared":
      return undoers["roll-back-prepared"](entry, secret);
    case "lead-straight":
      return undoers["lead-straight"](entry, secret);
  }
}
