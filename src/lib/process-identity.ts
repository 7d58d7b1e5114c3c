import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When a process was started, as text that is the same each time it is asked for. A process id
 * alone names nobody: ids are used again.
 *
 * @returns `null` where there is no such process, or it has ended and only waits for its parent.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (`starttime`, `state`)
 */
export function processStartOrNull(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
}

/** A process that no later one with the same number is taken for. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As `processStartOrNull` gives it. */
  readonly startedAt: string;
}

/** Who has that number now; `null` where nobody has. */
export function processIdentityOrNull(pid: number): ProcessIdentity | null {
  const startedAt = processStartOrNull(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether the process of that id is still the one that was started then. */
export function isSameProcess(pid: number, startedAt: string): boolean {
  return processStartOrNull(pid) === startedAt;
}

function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null; // No such process.
  }
}

function startFromPs(pid: number): string | null {
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return started.trim() === "" ? null : started.trim();
  } catch {
    return null; // `ps` ends with 1 where there is no such process.
  }
}
