import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../../../lib/errors.ts";
import { isSameProcess } from "../../../lib/process-identity.ts";
import { findPostmaster } from "../../../lib/postgresql-process.ts";
import { readPostmasterFileOrNull } from "../../../lib/postgresql-postmaster-file.ts";
import { killServer } from "../../../lib/postgresql-server-processes.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { MemberSite } from "./member-site.ts";

export interface Postmaster {
  readonly pid: number;
  readonly startedAt: string;
}

/** What it takes to start a server. */
export type ServerPrograms = Pick<ClusterPlan, "binDirectory" | "user" | "processes" | "clock">;

/** Where it is. */
export type ServerSite = Pick<MemberSite, "dataDirectory" | "logFile" | "port" | "socketDirectory">;

const LOOK_MS = 10;
/** Crash recovery and a standby's way to consistency may take long. */
const START_S = 600;
const ENVIRONMENT = { LC_ALL: "C", PATH: "/usr/local/bin:/usr/bin:/bin" } as const;
/** How the message of `startServer` begins. */
export const DID_NOT_START = "PostgreSQL did not start";

/**
 * Starts a server and waits until it takes connections, a standby those of readers.
 *
 * `pg_ctl` waits too: it is the server's parent, and knows at once of one that ends before it could
 * write its lock file. That it is up is seen here sooner, since `pg_ctl` looks ten times a second.
 *
 * @throws with the last lines of its log where it ends instead.
 */
export async function startServer(
  { binDirectory, user, processes, clock }: ServerPrograms,
  { dataDirectory, logFile, port, socketDirectory }: ServerSite,
  signal: AbortSignal,
): Promise<Postmaster> {
  await removeStaleLocks({ dataDirectory, port, socketDirectory });
  const pgCtl: { said: string | null } = { said: null };
  processes
    .run(
      path.join(binDirectory, "pg_ctl"),
      [
        "start",
        `--pgdata=${dataDirectory}`,
        `--log=${logFile}`,
        "--wait",
        `--timeout=${START_S}`,
        "--silent",
      ],
      { user, cwd: "/", env: ENVIRONMENT },
    )
    .then(
      ({ stderrTail }) => (pgCtl.said = stderrTail.trim()),
      (error: unknown) => (pgCtl.said = messageOf(error)),
    );
  let postmaster: Postmaster | null = null;
  for (;;) {
    signal.throwIfAborted();
    const isLast = pgCtl.said !== null; // Before the look: what `pg_ctl` has seen, is seen now.
    postmaster ??= findPostmaster(dataDirectory);
    const said = readPostmasterFileOrNull(dataDirectory);
    if (postmaster !== null) {
      if (said?.status === "ready" || said?.status === "standby") return postmaster;
      if (!isSameProcess(postmaster.pid, postmaster.startedAt)) break;
    }
    if (isLast) break;
    await clock.sleep(LOOK_MS, signal);
  }
  throw new Error(`${DID_NOT_START}: ${(await lastLines(logFile)) || pgCtl.said}`);
}

/** Kills all that is left of the server, and takes the locks away that would keep the next one out. */
export async function fenceServer(member: MemberSite): Promise<number> {
  const killed = await killServer(member.dataDirectory);
  await removeStaleLocks(member);
  return killed;
}

/**
 * After a kill, the numbers in these files may be another process's by now, and PostgreSQL then
 * refuses to start.
 */
async function removeStaleLocks({
  dataDirectory,
  port,
  socketDirectory,
}: Pick<MemberSite, "dataDirectory" | "port" | "socketDirectory">): Promise<void> {
  if (findPostmaster(dataDirectory) !== null) return;
  await rm(path.join(dataDirectory, "postmaster.pid"), { force: true });
  if (socketDirectory === null) return;
  for (const end of ["", ".lock"]) {
    await rm(path.join(socketDirectory, `.s.PGSQL.${port}${end}`), { force: true });
  }
}

async function lastLines(logFile: string): Promise<string> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  return log.trim().split("\n").slice(-6).join("\n");
}
