import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { isSameProcess, type ProcessIdentity } from "./process-identity.ts";
import { readTextOrNull } from "./proc-files.ts";
import { signalProcess } from "./signal-process.ts";

/** How long the kernel may take to stop a process or to let it go on. */
const SIGNAL_MS = 5000;
const LOOK_MS = 1;

/** Whether a signal keeps the process from running. False where it is gone. */
export function isFrozen(pid: number): boolean {
  return stateOf(pid) === "T";
}

/**
 * Stops processes with SIGSTOP, and returns when none of them runs any more.
 *
 * @throws where one goes on: SIGSTOP waits where a process waits for its disk.
 */
export async function freezeProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  await signalUntil("SIGSTOP", processes, ({ pid }) => isFrozen(pid));
}

/**
 * Lets them go on, and returns when they do. Those that are gone are left out; safe to call twice.
 *
 * @throws where one stays frozen.
 */
export async function continueProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  await signalUntil("SIGCONT", processes, ({ pid }) => !isFrozen(pid));
}

async function signalUntil(
  signal: "SIGSTOP" | "SIGCONT",
  processes: readonly ProcessIdentity[],
  isDone: (process: ProcessIdentity) => boolean,
): Promise<void> {
  const isThere = ({ pid, startedAt }: ProcessIdentity) => isSameProcess(pid, startedAt);
  for (const one of processes) if (isThere(one)) signalProcess(one.pid, signal);
  const deadlineMs = performance.now() + SIGNAL_MS;
  for (;;) {
    const left = processes.filter((one) => isThere(one) && !isDone(one));
    if (left.length === 0) return;
    if (performance.now() > deadlineMs) {
      throw new Error(`processes ${left.map(({ pid }) => pid).join(", ")} ignore ${signal}`);
    }
    await sleep(LOOK_MS);
  }
}

/** One letter; @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (`state`) */
function stateOf(pid: number): string | null {
  if (process.platform === "linux") {
    const stat = readTextOrNull(`/proc/${pid}/stat`);
    return stat === null ? null : (stat.slice(stat.lastIndexOf(")") + 2)[0] ?? null);
  }
  try {
    const state = execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" });
    return state.trim()[0] ?? null;
  } catch {
    return null; // `ps` ends with 1 where there is no such process.
  }
}
