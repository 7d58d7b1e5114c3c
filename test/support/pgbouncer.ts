import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import type { Endpoint } from "../../src/lib/endpoint.ts";
import { messageOf } from "../../src/lib/errors.ts";
import { nodeProcesses } from "../../src/lib/node-processes.ts";
import { chooseServerUser } from "../../src/targets/local/server-user.ts";
import { freePort, type TestPostgres } from "./postgres.ts";

/** Debian puts it where only root's PATH leads. */
const PROGRAM = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((file) => existsSync(file));

/** Why no test can use PgBouncer here; `null` where it can. */
export const noPgbouncer = PROGRAM === undefined ? "there is no pgbouncer" : null;

export interface PgbouncerOptions {
  readonly mode: "session" | "transaction" | "statement";
  /** Server connections per user and database. */
  readonly poolSize: number;
  /** More lines of `[pgbouncer]`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A real PgBouncer before a test's server, which lives as long as `work`; `work` is given its address. */
export async function withPgbouncer<T>(
  { endpoint, adminEndpoint }: Pick<TestPostgres, "endpoint" | "adminEndpoint">,
  { mode, poolSize, settings = {} }: PgbouncerOptions,
  work: (pooled: Endpoint) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp("/tmp/pgdyno-pgbouncer-");
  const user = await chooseServerUser(nodeProcesses());
  const port = await freePort();
  const pooled = { ...endpoint, hosts: [{ host: "127.0.0.1", port }] };
  const write = async (name: string, lines: readonly string[]) => {
    const file = path.join(folder, name);
    await writeFile(file, `${lines.join("\n")}\n`);
    if (user !== null) await chown(file, user.uid, user.gid);
    return file;
  };
  const users = [endpoint, adminEndpoint].map(
    ({ user: name, password }) => `"${name}" "${password!.reveal()}"`,
  );
  const ini = await write("pgbouncer.ini", [
    "[databases]",
    `* = host=127.0.0.1 port=${endpoint.hosts[0]!.port}`,
    "[pgbouncer]",
    ...Object.entries({
      listen_addr: "127.0.0.1",
      listen_port: port,
      unix_socket_dir: "",
      auth_type: "scram-sha-256",
      auth_file: await write("users.txt", users),
      pool_mode: mode,
      default_pool_size: poolSize,
      ...settings,
    }).map(([name, value]) => `${name} = ${value}`),
  ]);
  if (user !== null) await chown(folder, user.uid, user.gid);
  const logs: string[] = [];
  const pooler = spawn(PROGRAM!, [ini], { ...user, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [pooler.stdout, pooler.stderr]) {
    stream.on("data", (chunk: Buffer) => logs.push(chunk.toString()));
  }
  const exited = new Promise<void>((resolve) => pooler.once("exit", () => resolve()));
  try {
    await untilItAnswers(pooled, () => pooler.exitCode, logs);
    return await work(pooled);
  } finally {
    pooler.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true });
  }
}

async function untilItAnswers(
  { hosts, user, database, password }: Endpoint,
  exitCode: () => number | null,
  logs: readonly string[],
): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    const client = new Client({ ...hosts[0]!, user, database, password: password!.reveal() });
    client.on("error", () => undefined); // The pending query rejects with the same error.
    try {
      await client.connect();
      await client.query("select 1");
      return;
    } catch (error) {
      if (exitCode() !== null || performance.now() > deadlineMs) {
        throw new Error(`${messageOf(error)}\n${logs.join("")}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined); // Never connected.
    }
  }
}
