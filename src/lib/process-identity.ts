import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly parentPid: number;
  /**
   * When it started, as this system counts it: equal texts mean the same process. On Linux clock
   * ticks since boot, elsewhere what `ps -o lstart` prints.
   */
  readonly startedAt: string;
  /** Name and arguments, separated by blanks. */
  readonly commandLine: string;
  /** `null` where it cannot be told. PostgreSQL's processes all sit in their data directory. */
  readonly workingDirectory: string | null;
}

/**
 * Who has this process id now; `null` where nobody has, or only a zombie.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return process.platform === "linux" ? identifyFromProc(pid) : identifyFromPs(pid);
}

/** True where the process that had this id and start is still there. */
export async function isSameProcess(pid: number, startedAt: string): Promise<boolean> {
  return (await identifyProcess(pid))?.startedAt === startedAt;
}

async function identifyFromProc(pid: number): Promise<ProcessIdentity | null> {
  try {
    const stat = parseProcStat(await readFile(`/proc/${pid}/stat`, "latin1"));
    if (stat.state === "Z") return null;
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").join(" ");
    const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    const { parentPid, startedAt } = stat;
    return { pid, parentPid, startedAt, commandLine: commandLine.trim(), workingDirectory };
  } catch {
    return null; // It ended between two reads, or was never there.
  }
}

/** State, parent and start (ticks since boot) from `/proc/<pid>/stat`, whose second field may hold anything. */
export function parseProcStat(text: string): {
  readonly state: string;
  readonly parentPid: number;
  readonly startedAt: string;
} {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", parentPid: Number(fields[1]), startedAt: fields[19] ?? "" };
}

async function identifyFromPs(pid: number): Promise<ProcessIdentity | null> {
  try {
    const args = ["-o", "ppid=,lstart=,command=", "-p", String(pid)];
    const { stdout } = await promisify(execFile)("ps", args, { env: { LC_ALL: "C" } });
    const match = /^\s*(\d+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/m.exec(stdout);
    if (match === null) return null;
    const [, parentPid, startedAt, commandLine] = match;
    return {
      pid,
      parentPid: Number(parentPid),
      startedAt: startedAt!,
      commandLine: commandLine!,
      workingDirectory: null,
    };
  } catch {
    return null; // `ps` ends with 1 where there is no such process.
  }
}
