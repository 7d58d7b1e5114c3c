import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { TestPostgres } from "../test/support/postgres.ts";
import { connectionEnvironment, SCALE, type Case, type Cost, type Measure } from "./case.ts";

const run = promisify(execFile);
const HERE = import.meta.dirname;

/** pgbench with one thread; it keeps per-second figures, as histograms are on in the native driver. */
export async function measurePgbench(server: TestPostgres, about: Case): Promise<Cost> {
  const { script, clients, rateTps, seconds } = about;
  const { stdout, cpuMicros } = await runTimed(server, [
    path.join(server.binDirectory, "pgbench"),
    "--no-vacuum",
    `--builtin=${script}`,
    "--protocol=prepared",
    "--progress=1",
    `--client=${clients}`,
    `--time=${seconds}`,
    ...(rateTps === null ? [] : [`--rate=${rateTps}`]),
  ]);
  const transactions = Number(/actually processed: (\d+)/.exec(stdout)![1]);
  return {
    cpuMicros: cpuMicros / transactions,
    tps: transactions / seconds,
  };
}

/** sysbench has a thread per client. */
export async function measureSysbench(server: TestPostgres, about: Case): Promise<Cost> {
  const { clients, seconds } = about;
  const { host, port } = server.endpoint.hosts[0]!;
  const { stdout, cpuMicros } = await runTimed(server, [
    "sysbench",
    path.join(HERE, "sysbench-select-only.lua"),
    `--scale=${SCALE}`,
    "--db-driver=pgsql",
    `--pgsql-host=${host}`,
    `--pgsql-port=${port}`,
    `--pgsql-user=${server.endpoint.user}`,
    `--pgsql-db=${server.endpoint.database}`,
    `--threads=${clients}`,
    `--time=${seconds}`,
    "--report-interval=1",
    "run",
  ]);
  const events = Number(/total number of events:\s+(\d+)/.exec(stdout)![1]);
  return { cpuMicros: cpuMicros / events, tps: events / seconds };
}

/** Node's libraries, which count their own CPU once they are warm; see `library-client.mjs`. */
export function measureLibrary(library: "pg" | "postgres"): Measure {
  return async (server, { script, clients, seconds }) => {
    const file = path.join(HERE, "library-client.mjs");
    const { stdout } = await run(
      process.execPath,
      [file, library, script, String(clients), String(seconds)],
      { env: connectionEnvironment(server) },
    );
    return JSON.parse(stdout) as Cost;
  };
}

/** pgbench's own way to fill its tables from the client, without indexes and vacuum. */
export async function initializeByPgbench(server: TestPostgres, scale: number): Promise<number> {
  const began = performance.now();
  await runTimed(server, [
    path.join(server.binDirectory, "pgbench"),
    "--initialize",
    "--init-steps=dtg",
    "--quiet",
    `--scale=${scale}`,
  ]);
  return performance.now() - began;
}

/** Why a client cannot be measured here; `null` where it can. */
export function whyNot(client: string, script: Case["script"]): string | null {
  if (client === "sysbench") {
    if (script !== "select-only") return "1.0.20 crashes on this script with prepared statements";
    const folders = (process.env["PATH"] ?? "").split(path.delimiter);
    const found = folders.some((folder) => existsSync(path.join(folder, "sysbench")));
    return found ? null : "there is no `sysbench` on PATH";
  }
  if (client !== "pg" && client !== "postgres") return null;
  const found = existsSync(path.join(HERE, "node_modules", client));
  return found ? null : "run `npm install --prefix bench` first";
}

async function runTimed(
  server: TestPostgres,
  command: readonly string[],
): Promise<{ readonly stdout: string; readonly cpuMicros: number }> {
  const { stdout, stderr } = await run(
    "bash",
    ["--norc", "-c", 'TIMEFORMAT="cpu %U %S"; time "$@"', "bash", ...command],
    { env: connectionEnvironment(server) },
  );
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr)!;
  return { stdout, cpuMicros: (Number(user) + Number(system)) * 1e6 };
}
