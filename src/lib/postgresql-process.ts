import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import path from "node:path";
import { processStartOrNull } from "./process-identity.ts";

/** A process of a PostgreSQL server, as this machine sees it. */
export interface PostgresqlProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** See `processStartOrNull`. */
  readonly startedAt: string;
  readonly commandLine: string;
  /** PostgreSQL's processes sit in their data directory. `null` where it cannot be told. */
  readonly workingDirectory: string | null;
}

/**
 * The postmaster that runs on this data directory; `null` where none does.
 *
 * `postmaster.pid` may be stale and its number taken over by a stranger. A process counts only if it
 * is a `postgres` whose command line names this folder and, where the system tells, sits in it.
 *
 * @see https://www.postgresql.org/docs/current/storage-file-layout.html
 */
export function findPostmaster(dataDirectory: string): PostgresqlProcess | null {
  const found = lookAt(firstNumber(path.join(dataDirectory, "postmaster.pid")));
  if (found === null || !/\bpostgres\b/.test(found.commandLine)) return null;
  const real = realPath(dataDirectory);
  const named = [dataDirectory, real].some((folder) => found.commandLine.includes(folder));
  const sits = found.workingDirectory === null || found.workingDirectory === real;
  return named && sits ? found : null;
}

/**
 * The postmaster of a backend, where that backend is a process of this machine; `null` where the
 * server runs elsewhere or in a container of its own, even if it answers on a loopback address.
 */
export function findPostmasterOf(backendPid: number): PostgresqlProcess | null {
  const backend = lookAt(backendPid);
  if (backend === null || !/^(postgres|postmaster)\b/.test(backend.commandLine)) return null;
  return lookAt(backend.parentPid);
}

function lookAt(pid: number): PostgresqlProcess | null {
  const startedAt = pid > 1 ? processStartOrNull(pid) : null;
  if (startedAt === null) return null;
  try {
    return { pid, startedAt, ...(process.platform === "linux" ? fromProc(pid) : fromPs(pid)) };
  } catch {
    return null; // It ended between two reads.
  }
}

function fromProc(pid: number): Omit<PostgresqlProcess, "pid" | "startedAt"> {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return {
    parentPid: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]),
    commandLine: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim(),
    workingDirectory: workingDirectoryOf(pid),
  };
}

function workingDirectoryOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // Another user's process.
  }
}

function fromPs(pid: number): Omit<PostgresqlProcess, "pid" | "startedAt"> {
  const text = execFileSync("ps", ["-o", "ppid=,command=", "-p", String(pid)], {
    encoding: "utf8",
  }).trim();
  const [parentPid = "", ...command] = text.split(/\s+/);
  return {
    parentPid: Number(parentPid),
    commandLine: command.join(" "),
    workingDirectory: null,
  };
}

function firstNumber(file: string): number {
  try {
    return Number(readFileSync(file, "utf8").split("\n")[0]);
  } catch {
    return Number.NaN; // No server has been started there, or it went down in order.
  }
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // It is gone; nothing can run in it.
  }
}
