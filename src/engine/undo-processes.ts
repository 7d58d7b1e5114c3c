import { setTimeout as sleep } from "node:timers/promises";
import type { UndoEntry } from "../contracts/context.ts";
import { isSameProcess } from "../lib/process-identity.ts";

const TERM_GRACE_MS = 5000;
const KILL_GRACE_MS = 2000;
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
    signalGroup(pid, signal);
    for (let waitedMs = 0; waitedMs < graceMs; waitedMs += LOOK_MS) {
      if (!isSameProcess(pid, startedAt)) return;
      await sleep(LOOK_MS);
    }
  }
  if (isSameProcess(pid, startedAt)) throw new Error(`process ${pid} does not end`);
}

/** Lets a process go on that a fault had frozen. */
export async function undoContinueProcess({
  pid,
  startedAt,
}: Extract<UndoEntry, { undo: "continue-process" }>): Promise<void> {
  if (isSameProcess(pid, startedAt)) process.kill(pid, "SIGCONT");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // Gone already is fine.
  }
}
