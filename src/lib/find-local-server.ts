import { accessSync, constants, existsSync, readlinkSync, statSync } from "node:fs";
import path from "node:path";
import { isOnThisMachine } from "./endpoint.ts";
import type { Connection } from "./pg-connection.ts";
import { findPostmasterOf } from "./postgresql-process.ts";

/** What of a server is on this machine and may be looked at; all `null` for one elsewhere. */
export interface LocalServer {
  readonly postmasterPid: number | null;
  readonly dataDirectory: string | null;
  /** The file that its log goes to. */
  readonly logFile: string | null;
}

/** What a look takes of a session. */
export type LookConnection = Pick<Connection, "host" | "processId" | "query">;

/** A server on another machine, or one that cannot be told from one. */
export const ELSEWHERE: LocalServer = { postmasterPid: null, dataDirectory: null, logFile: null };

/**
 * The process, folder and log of the server that a connection leads to: its backend must be a process
 * of this machine, a child of the postmaster. A loopback address alone may lead into a container.
 */
export async function findLocalServer(connection: LookConnection): Promise<LocalServer> {
  if (!isOnThisMachine(connection.host)) return ELSEWHERE;
  const postmaster = findPostmasterOf(connection.processId);
  if (postmaster === null) return ELSEWHERE;
  const [row] = await connection.query<{ directory: string | null }>(
    "select (select setting from pg_settings where name = 'data_directory') as directory",
  );
  // Without pg_read_all_settings it is hidden; but a postmaster sits in its data directory.
  const directory = row?.directory ?? postmaster.workingDirectory;
  const dataDirectory = directory !== null && existsSync(directory) ? directory : null;
  const logFile =
    (await collectedLog(connection, dataDirectory)) ?? standardErrorOf(postmaster.pid);
  return { postmasterPid: postmaster.pid, dataDirectory, logFile };
}

/** The file that `logging_collector` writes; `null` without it, or where the role may not ask. */
async function collectedLog(
  { query }: Pick<Connection, "query">,
  dataDirectory: string | null,
): Promise<string | null> {
  try {
    const [row] = await query<{ file: string | null }>(
      "select pg_current_logfile('stderr') as file",
    );
    const file = row?.file ?? null;
    if (file === null || dataDirectory === null) return null;
    return readableFile(path.resolve(dataDirectory, file));
  } catch {
    return null; // Only pg_monitor may ask.
  }
}

/** Without the collector the postmaster's standard error is the log, where it is a file. */
function standardErrorOf(pid: number): string | null {
  try {
    return readableFile(readlinkSync(`/proc/${pid}/fd/2`));
  } catch {
    return null; // Another user's process, or no Linux.
  }
}

function readableFile(file: string): string | null {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile() ? file : null;
  } catch {
    return null;
  }
}
