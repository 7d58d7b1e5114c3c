import { chown, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { UndoEntry } from "../contracts/context.ts";
import { endCopying } from "../lib/copying-processes.ts";
import { removeCgroup } from "../lib/cgroup-limits.ts";
import { continueProcesses } from "../lib/frozen-processes.ts";
import { removeSharedMemory } from "../lib/postgresql-shared-memory.ts";
import { endOrphans } from "../lib/postgresql-orphans.ts";
import { isSameProcess } from "../lib/process-identity.ts";
import { signalProcess } from "../lib/signal-process.ts";

const TERM_GRACE_MS = 5000;
const KILL_GRACE_MS = 2000;
/** A frozen server goes on only when the entry of its freezing is undone. */
const CANCEL_GRACE_MS = 5000;
const LOOK_MS = 50;

/**
 * Ends a program that a dead run left, with its whole process group. A process that merely got its
 * number is left alone.
 *
 * @throws where it does not end.
 */
export async function undoEndProcess({
  pid,
  startedAt,
}: Extract<UndoEntry, { undo: "end-process" }>): Promise<void> {
  for (const [signal, graceMs] of [
    ["SIGTERM", TERM_GRACE_MS],
    ["SIGKILL", KILL_GRACE_MS],
  ] as const) {
    if (!isSameProcess(pid, startedAt)) return;
    signalProcess(-pid, signal);
    for (let waitedMs = 0; waitedMs < graceMs; waitedMs += LOOK_MS) {
      if (!isSameProcess(pid, startedAt)) return;
      await sleep(LOOK_MS);
    }
  }
  if (isSameProcess(pid, startedAt)) throw new Error(`process ${pid} does not end`);
}

/** Lets processes go on that a fault had frozen, and looks that they do. */
export async function undoContinueProcesses({
  processes,
}: Extract<UndoEntry, { undo: "continue-processes" }>): Promise<void> {
  await continueProcesses(processes);
}

/** Ends what a killed postmaster left, and takes the memory away that it shared with its children. */
export async function undoEndOrphans({
  dataDirectory,
  memory,
}: Extract<UndoEntry, { undo: "end-orphans" }>): Promise<void> {
  await endOrphans(dataDirectory);
  if (memory !== undefined) removeSharedMemory(memory);
}

/**
 * Cancels the statement in which a session of ours waits, and which then cleans up and ends: what it
 * did to the server is undone with it, and no password is needed.
 *
 * @throws where it does not end.
 */
export async function undoCancelStatement({
  pid,
  startedAt,
}: Extract<UndoEntry, { undo: "cancel-statement" }>): Promise<void> {
  for (let waitedMs = 0; waitedMs < CANCEL_GRACE_MS; waitedMs += LOOK_MS) {
    if (!isSameProcess(pid, startedAt)) return;
    process.kill(pid, "SIGINT");
    await sleep(LOOK_MS);
  }
  throw new Error(`session ${pid} does not end`);
}

/** Lets the processes of a group out, and removes it. */
export async function undoRemoveCgroup({
  directory,
}: Extract<UndoEntry, { undo: "remove-cgroup" }>): Promise<void> {
  await removeCgroup(directory);
}

/** @throws where the file is not ours. */
export async function undoRemoveFile({
  path: file,
}: Extract<UndoEntry, { undo: "remove-file" }>): Promise<void> {
  assertOurs(file);
  await rm(file, { force: true });
}

/** Ends what still copies there. @throws where the folder is not ours. */
export async function undoEndCopying({
  directory,
}: Extract<UndoEntry, { undo: "end-copying" }>): Promise<void> {
  assertOurs(directory);
  await endCopying(directory);
}

/** Gives a settings file its text again, with its owner and mode. @throws where the file is not ours. */
export async function undoRestoreFile({
  path: file,
  text,
}: Extract<UndoEntry, { undo: "restore-file" }>): Promise<void> {
  assertOurs(file);
  const now = await stat(file).catch(() => null);
  if (now === null) return; // Its folder is gone.
  await writeFile(`${file}.new`, text, { mode: now.mode & 0o777 });
  await chown(`${file}.new`, now.uid, now.gid);
  await rename(`${file}.new`, file);
}

/** @throws where neither file nor folder bears pgdyno's name. */
function assertOurs(file: string): void {
  if (path.basename(file).includes("pgdyno")) return;
  throw new Error(`${file} does not bear pgdyno's name, so it is left untouched.`);
}
