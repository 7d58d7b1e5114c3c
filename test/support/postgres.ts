import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { openSync, closeSync } from "node:fs";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import type { Endpoint } from "../../src/lib/endpoint.ts";
import { messageOf } from "../../src/lib/errors.ts";
import { nodeProcesses } from "../../src/lib/node-processes.ts";
import type { ProcessUser } from "../../src/lib/processes.ts";
import { Secret } from "../../src/lib/secret.ts";
import { findPostgresql } from "../../src/targets/local/find-postgresql.ts";
import { chooseServerUser } from "../../src/targets/local/server-user.ts";

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
  /** 18 (the default) is embedded; others are the machine's own, or else embedded and fetched once. */
  readonly version?: number;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Starts a server on a free port in a fresh folder, and takes both away after `work`. */
export async function withPostgres<T>(
  work: (server: TestPostgres) => Promise<T>,
  { version = 18, parameters = {} }: TestPostgresOptions = {},
): Promise<T> {
  const directory = await mkdtemp("/tmp/pgdyno-test-");
  const user = await chooseServerUser(nodeProcesses());
  if (user !== null) await chown(directory, user.uid, user.gid);
  const binDirectory = await binDirectoryOf(version, user);
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

/** 18 embedded; the others the machine's own where it has them, else embedded, fetched once. */
async function binDirectoryOf(version: number, user: ProcessUser | null): Promise<string> {
  const context = { processes: nodeProcesses(), user, mayFetch: true };
  const embedded = () => findPostgresql({ version, from: "embedded" }, context);
  if (version === 18) return (await embedded()).binDirectory;
  const machine = findPostgresql({ version, from: "machine" }, context);
  return (await machine.catch(embedded)).binDirectory;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
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
