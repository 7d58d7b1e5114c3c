import { readFileSync } from "node:fs";
import path from "node:path";

/** What a running postmaster wrote into `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** `null` while it has not said so yet. `standby` takes readers only. */
  readonly status: "starting" | "stopping" | "ready" | "standby" | null;
}

/**
 * Reads the lock file; `null` where there is none or it is not whole yet. It may be stale.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h
 */
export function readPostmasterFileOrNull(dataDirectory: string): PostmasterFile | null {
  let lines: readonly string[];
  try {
    lines = readFileSync(path.join(dataDirectory, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null; // No server, or it has just gone.
  }
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid === 0) return null;
  return { pid, port, status: statusOf(lines[7]) };
}

function statusOf(line: string | undefined): PostmasterFile["status"] {
  const word = line?.trim();
  return word === "starting" || word === "stopping" || word === "ready" || word === "standby"
    ? word
    : null;
}
