import { access, appendFile, chown, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import type { Processes, ProcessUser } from "../../lib/processes.ts";
import type { Secret } from "../../lib/secret.ts";
import { formatParameters, type Parameters } from "./parameters.ts";
import type { Site } from "./site.ts";

/**
 * One PostgreSQL on this machine: how it is initialised and started. It knows nothing of databases,
 * roles or other instances; who wants a cluster builds it from several of these.
 */
export interface InstancePlan {
  readonly site: Site;
  readonly binDirectory: string;
  /** Who it runs as; `null` for the caller. */
  readonly user: ProcessUser | null;
  readonly parameters: Parameters;
  /** More for `initdb`: the size of WAL segments, checksums, a place for the WAL. */
  readonly initArguments?: readonly string[];
}

/** The superuser that `initInstance` makes. */
export const SUPERUSER = "postgres";
/** Settings of ours, apart from those that initdb wrote. */
const CONF = "pgdyno.conf";
const START_S = 60;
/** Another program may take the free port before the server does. */
const PORT_ATTEMPTS = 3;

/**
 * Makes an empty cluster: UTF-8, locale C (so that sorting costs the same everywhere), passwords by
 * SCRAM for everybody. What initdb writes is not synced, since a crash now loses nothing; the running
 * server syncs as PostgreSQL does.
 *
 * @throws {DynoError} TARGET_DID_NOT_START
 */
export async function initInstance(
  { site, binDirectory, user, initArguments = [] }: InstancePlan,
  password: Secret,
  { processes, signal }: { readonly processes: Processes; readonly signal: AbortSignal },
): Promise<void> {
  const passwordFile = path.join(site.home, "password");
  await writeFile(passwordFile, password.reveal(), { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  try {
    const result = await processes.run(
      path.join(binDirectory, "initdb"),
      [
        `--pgdata=${site.dataDirectory}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
        ...initArguments,
      ],
      { user, cwd: "/", env: ENVIRONMENT, signal },
    );
    signal.throwIfAborted();
    if (result.status !== 0) {
      throw didNotStart(site, `initdb said: ${lastLines(result.stderrTail)}`);
    }
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(path.join(site.dataDirectory, "postgresql.conf"), `include '${CONF}'\n`);
}

/**
 * Starts the server and waits until it lets connections in.
 *
 * @param port `null` takes a free one.
 * @returns the port, and the postmaster's process.
 * @throws {DynoError} TARGET_DID_NOT_START with the last lines of its log.
 */
export async function startInstance(
  plan: InstancePlan,
  port: number | null,
  { processes, signal }: { readonly processes: Processes; readonly signal: AbortSignal },
): Promise<{ readonly port: number; readonly postmasterPid: number }> {
  const { site, binDirectory, user } = plan;
  for (let attempt = 1; ; attempt += 1) {
    const chosen = port ?? (await findFreePort());
    await writeConf(plan, chosen);
    // pg_ctl sets the server free of this process and of its terminal, and gives it its log.
    const result = await processes.run(
      path.join(binDirectory, "pg_ctl"),
      [
        "start",
        `--pgdata=${site.dataDirectory}`,
        `--log=${site.logFile}`,
        "--wait",
        `--timeout=${START_S}`,
        "--silent",
      ],
      { user, cwd: "/", env: ENVIRONMENT, signal },
    );
    signal.throwIfAborted();
    const postmaster = findPostmaster(site.dataDirectory);
    if (result.status === 0 && postmaster !== null) {
      return { port: chosen, postmasterPid: postmaster.pid };
    }
    const log = await readFile(site.logFile, "utf8").catch(() => "");
    const taken = /could not bind|Address already in use/.test(log);
    if (port === null && taken && attempt < PORT_ATTEMPTS) continue;
    throw didNotStart(site, lastLines(log === "" ? result.stderrTail : log));
  }
}

/** True where these binaries bring the module; it must be known before the first start. */
export async function hasModule(binDirectory: string, module: string): Promise<boolean> {
  const suffix = process.platform === "darwin" ? "dylib" : "so";
  const folders = ["../lib/postgresql", "../lib"].map((folder) => path.join(binDirectory, folder));
  for (const folder of folders) {
    const found = await access(path.join(folder, `${module}.${suffix}`)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

async function writeConf({ site, parameters, user }: InstancePlan, port: number): Promise<void> {
  const file = path.join(site.dataDirectory, CONF);
  const own: Parameters = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: site.socketDirectory ?? "",
    logging_collector: "off",
  };
  await writeFile(file, formatParameters({ ...parameters, ...own }), { mode: 0o600 });
  if (user !== null) await chown(file, user.uid, user.gid);
}

/** Replaces the caller's: `PGDATA`, `PGPORT` and the locale of whoever runs this must not matter. */
const ENVIRONMENT = { LC_ALL: "C", PATH: "/usr/local/bin:/usr/bin:/bin" } as const;

/** Of a server, and of what it takes before there is one. */
export function didNotStart(site: Pick<Site, "dataDirectory">, because: string): DynoError {
  const log = "removed with its folder; its last lines are above";
  return new DynoError("TARGET_DID_NOT_START", { directory: site.dataDirectory, because, log });
}

/** What a program said last, below one another. */
export function lastLines(text: string): string {
  return `\n${text.trim().split("\n").slice(-6).join("\n")}`;
}

/** A port that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => reject(new Error(messageOf(error))));
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : null;
      server.close(() => (port === null ? reject(new Error("no free port")) : resolve(port)));
    });
  });
}
