import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { childrenOf } from "./proc-children.ts";
import { findPostmaster } from "./postgresql-process.ts";
import { signalProcess } from "./signal-process.ts";

/** How long the kernel may take to end what was killed. */
const GONE_MS = 5000;
const LOOK_MS = 3;

/**
 * Every process of the server in this folder: its postmaster, its children, and orphans of a
 * postmaster that is gone. PostgreSQL's processes sit in their data directory, and each leads a
 * process group of its own, so that no group tells them.
 *
 * Off Linux orphans cannot be told; PostgreSQL's own end by themselves when their postmaster is gone.
 */
export function findServerProcesses(dataDirectory: string): readonly number[] {
  const postmaster = findPostmaster(dataDirectory);
  const found = new Set<number>();
  if (postmaster !== null) {
    found.add(postmaster.pid);
    addDescendants(postmaster.pid, found);
  }
  for (const pid of findProcessesIn(dataDirectory)) found.add(pid);
  return [...found];
}

/** Commands that the archiver runs too. */
function addDescendants(pid: number, found: Set<number>): void {
  if (process.platform !== "linux") return;
  for (const child of childrenOf(pid) ?? []) {
    found.add(child);
    addDescendants(child, found);
  }
}

/**
 * Kills every process of the server at once, frozen ones too, and returns when none is left. Killing
 * only the postmaster would let its backends acknowledge commits for some more milliseconds.
 *
 * @returns how many there were.
 * @throws where some do not end.
 */
export async function killServer(dataDirectory: string): Promise<number> {
  const killed = new Set<number>();
  const deadlineMs = performance.now() + GONE_MS;
  for (;;) {
    const left = findServerProcesses(dataDirectory);
    if (left.length === 0) return killed.size;
    for (const pid of left) {
      killed.add(pid);
      signalProcess(pid, "SIGKILL");
    }
    if (performance.now() > deadlineMs) {
      throw new Error(`processes ${left.join(", ")} in ${dataDirectory} do not end`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function findProcessesIn(folder: string): readonly number[] {
  if (process.platform !== "linux") return [];
  const real = realPathOrNull(folder);
  if (real === null) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && workingDirectoryOrNull(name) === real)
    .filter((name) => isPostgres(name))
    .map(Number);
}

/** Somebody's shell may sit in that folder too. */
function isPostgres(pid: string): boolean {
  try {
    return /^(\S*\/)?postgres\b/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false; // It has just ended.
  }
}

function workingDirectoryOrNull(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // Another user's, a zombie, or gone.
  }
}

function realPathOrNull(folder: string): string | null {
  try {
    return realpathSync(folder);
  } catch {
    return null; // Nothing can run in what is not there.
  }
}
