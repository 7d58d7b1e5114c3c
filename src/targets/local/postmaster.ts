import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import {
  identifyProcess,
  isSameProcess,
  type ProcessIdentity,
} from "../../lib/process-identity.ts";

/**
 * The postmaster that runs on this data directory; `null` where none does.
 *
 * `postmaster.pid` may be stale and its number taken over by a stranger. A process counts only if it
 * is a `postgres` whose command line names this folder and, where the system tells, sits in it.
 *
 * @see https://www.postgresql.org/docs/current/storage-file-layout.html
 */
export async function findPostmaster(dataDirectory: string): Promise<ProcessIdentity | null> {
  const text = await readFile(path.join(dataDirectory, "postmaster.pid"), "utf8").catch(() => "");
  const identity = await identifyProcess(Number(text.split("\n")[0]));
  if (identity === null) return null;
  const real = await realpath(dataDirectory).catch(() => dataDirectory);
  const { commandLine, workingDirectory } = identity;
  const named = commandLine.includes(dataDirectory) || commandLine.includes(real);
  const sits = workingDirectory === null || workingDirectory === real;
  return named && sits && /postgres\b/.test(commandLine) ? identity : null;
}

/** Longest pauses between a signal and the next stronger one. */
export interface StopPatience {
  /** For a fast shutdown, which ends sessions and writes a checkpoint. */
  readonly fastMs: number;
  /** For an immediate shutdown, which only ends processes: the next start would recover. */
  readonly immediateMs: number;
}

/**
 * Stops the postmaster of this folder: fast, then immediately, then by force.
 *
 * Safe where none runs and when called twice.
 * @see https://www.postgresql.org/docs/current/server-shutdown.html
 * @throws where a postmaster still runs after all that.
 */
export async function stopPostmaster(
  dataDirectory: string,
  { fastMs, immediateMs }: StopPatience,
): Promise<void> {
  const postmaster = await findPostmaster(dataDirectory);
  if (postmaster === null) return;
  const stages = [
    ["SIGINT", fastMs],
    ["SIGQUIT", immediateMs],
    ["SIGKILL", immediateMs],
  ] as const;
  for (const [signal, patienceMs] of stages) {
    sendSignal(postmaster.pid, signal);
    if (await hasEnded(postmaster, patienceMs)) return;
  }
  throw new Error(`PostgreSQL ${postmaster.pid} in ${dataDirectory} does not end.`);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // Gone already is fine.
  }
}

async function hasEnded({ pid, startedAt }: ProcessIdentity, patienceMs: number): Promise<boolean> {
  const attempts = Math.ceil(patienceMs / LOOK_MS);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (!(await isSameProcess(pid, startedAt))) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return !(await isSameProcess(pid, startedAt));
}

const LOOK_MS = 50;
