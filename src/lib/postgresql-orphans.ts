import { setTimeout as sleep } from "node:timers/promises";
import { readTextOrNull } from "./proc-files.ts";
import { parseProcessStat } from "./proc-stat.ts";
import { findServerProcesses } from "./postgresql-server-processes.ts";
import { signalProcess } from "./signal-process.ts";

const GONE_MS = 5000;
const LOOK_MS = 5;

/**
 * Processes of the server in this folder whose postmaster is gone: after `kill -9` of it, backends
 * answer for some more milliseconds, and one that is frozen or computes stays.
 *
 * A postmaster that is just starting there, and its children, are none: its title is a path.
 */
export function findOrphans(dataDirectory: string): readonly number[] {
  const all = new Set(findServerProcesses(dataDirectory));
  return [...all].filter((pid) => {
    const isChild = readTextOrNull(`/proc/${pid}/cmdline`)?.startsWith("postgres:") === true;
    const stat = parseProcessStat(readTextOrNull(`/proc/${pid}/stat`) ?? "");
    return isChild && stat !== null && !all.has(stat.parent);
  });
}

/**
 * Kills them, and returns when none is left. A server that runs there stays. Safe to call twice.
 *
 * @throws where some do not end.
 */
export async function endOrphans(dataDirectory: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const left = findOrphans(dataDirectory);
    if (left.length === 0) return;
    if (waitedMs > GONE_MS) throw new Error(`processes ${left.join(", ")} do not end`);
    for (const pid of left) signalProcess(pid, "SIGKILL");
    await sleep(LOOK_MS);
  }
}
