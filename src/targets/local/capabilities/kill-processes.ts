import { setTimeout as sleep } from "node:timers/promises";
import { processStartOrNull } from "../../../lib/process-identity.ts";
import { signalProcess } from "../../../lib/signal-process.ts";

const GONE_MS = 5000;
const LOOK_MS = 1;

/**
 * Kills processes with SIGKILL in the order given, and returns when all are gone.
 *
 * @throws where one does not end: SIGKILL waits where a process waits for its disk.
 */
export async function killProcesses(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signalProcess(pid, "SIGKILL");
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const left = pids.filter((pid) => processStartOrNull(pid) !== null);
    if (left.length === 0) return;
    if (waitedMs > GONE_MS) throw new Error(`processes ${left.join(", ")} do not end`);
    await sleep(LOOK_MS);
  }
}
