import { isFrozen } from "../../lib/frozen-processes.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import { killServer } from "../../lib/postgresql-server-processes.ts";
import { withSharedMemoryRemoved } from "../../lib/postgresql-shared-memory.ts";
import { isSameProcess } from "../../lib/process-identity.ts";
import { clearLeftMemory } from "./clear-left-memory.ts";

/** Longest pauses between a signal and the next stronger one. */
export interface StopPatience {
  /** For a fast shutdown, which ends sessions and writes a checkpoint. */
  readonly fastMs: number;
  /** For an immediate shutdown, which only ends processes: the next start would recover. */
  readonly immediateMs: number;
}

const LOOK_MS = 20;

/**
 * Stops the postmaster of this folder: fast, then immediately, then by force. One that a signal keeps
 * from running hears only the last of these, and is not waited for.
 *
 * Safe where none runs and when called twice.
 * @see https://www.postgresql.org/docs/current/server-shutdown.html
 * @throws where some of its processes still run after all that.
 */
export async function stopPostmaster(
  dataDirectory: string,
  { fastMs, immediateMs }: StopPatience,
): Promise<void> {
  const postmaster = findPostmaster(dataDirectory);
  if (postmaster === null) return;
  const { pid, startedAt } = postmaster;
  const stages = [
    ["SIGINT", fastMs],
    ["SIGQUIT", immediateMs],
  ] as const;
  for (const [signal, patienceMs] of stages) {
    sendSignal(pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += LOOK_MS) {
      if (!isSameProcess(pid, startedAt)) return;
      if (isFrozen(pid)) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
  if (!isSameProcess(pid, startedAt)) return;
  await withSharedMemoryRemoved(dataDirectory, () => killServer(dataDirectory));
}

/**
 * Stops the server of this folder whole, orphans of a killed postmaster and the memory of a killed
 * server too. Safe where nothing is left and when called twice.
 *
 * @throws where some of its processes still run after all that.
 */
export async function endServer(
  {
    dataDirectory,
    binDirectory,
  }: { readonly dataDirectory: string; readonly binDirectory: string },
  patience: StopPatience,
): Promise<void> {
  await withSharedMemoryRemoved(dataDirectory, async () => {
    await stopPostmaster(dataDirectory, patience);
    // A fault may have killed the postmaster alone, or frozen what it started.
    await killServer(dataDirectory);
    await clearLeftMemory(dataDirectory, binDirectory);
  });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // Gone already is fine.
  }
}
