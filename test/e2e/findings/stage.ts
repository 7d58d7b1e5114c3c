import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../../src/lib/errors.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import type { ProcessUser } from "../../../src/lib/processes.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { findPostgresql } from "../../../src/targets/local/find-postgresql.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";

/** A server that stands on a stage, and what one can do to it. */
export interface Player {
  readonly port: number;
  readonly folder: string;
  readonly dataDirectory: string;
  readonly binDirectory: string;
  readonly postmasterPid: number;
  sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  dsn(user?: string): string;
}

export interface PlayerOptions {
  readonly version?: 14 | 15 | 16 | 17 | 18;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Size of a WAL segment in MB; small ones make a backlog visible in seconds. */
  readonly segmentMb?: number;
  /** Where to put the data; by default a fresh folder. */
  readonly folder?: string;
}

export interface StandbyOptions {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly slot?: string;
  /** Where it finds its primary, where that is not the primary itself (a proxy). */
  readonly throughPort?: number;
  readonly name?: string;
}

/** Servers, loads and everything else of one staged situation; all of it goes when the curtain falls. */
export interface Stage {
  readonly folder: string;
  primary(options?: PlayerOptions): Promise<Player>;
  standby(of: Player, options?: StandbyOptions): Promise<Player>;
  /** pgbench's tables, by pgbench. */
  fill(player: Player, scale: number): Promise<void>;
  /** Runs pgbench until the curtain falls. */
  load(player: Player, args: readonly string[], script?: string): ChildProcess;
  /** Sessions that are connected and ask for nothing, as the spare ones of a pool. */
  rest(player: Player, sessions: number): void;
  /** A program that runs until the curtain falls. */
  start(file: string, args: readonly string[]): ChildProcess;
  observe(primary: Player, options?: ObserveOptions): Promise<Observed>;
  /** An experiment with one load of pgdyno's own. */
  run(primary: Player, load: OwnLoad): Promise<Observed>;
  /** `pgdyno run` of an experiment, as it would be written. */
  experiment(experiment: unknown): Promise<Ended>;
  /** Undone when the curtain falls, last one first. */
  later(undo: () => unknown): void;
}

export interface ObserveOptions {
  readonly standbys?: readonly Player[];
  readonly seconds?: number;
  readonly user?: string;
}

/** How a program ended, and what it said. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One rung of a closed ladder by pgbench. */
export interface OwnLoad {
  readonly clients: number;
  readonly threads: number;
  readonly script: string;
}

export interface Observed {
  /** The servers were loaded by pgdyno: then findings do not make the exit status. */
  readonly isRun: boolean;
  readonly status: number;
  readonly model: ReportModel;
  readonly text: string;
  /** Ids of failed findings, by rank. */
  readonly failed: readonly string[];
  verdict(id: string): string;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export async function withStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp("/tmp/pgdyno-stage-");
  const user = await chooseServerUser(nodeProcesses());
  await chmod(folder, 0o755);
  if (user !== null) await chown(folder, user.uid, user.gid);
  const undoes: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  const later = (undo: () => unknown) => void undoes.unshift(undo);
  let servers = 0;
  let scripts = 0;
  const place = () => join(folder, `server${(servers += 1)}`);
  const stage: Stage = {
    folder,
    later,
    primary: (options = {}) => raisePrimary(options, options.folder ?? place(), user, later),
    standby: (of, options = {}) => raiseStandby(of, options, place(), user, later),
    async fill(player, scale) {
      await run(pgbenchOf(player), ["-i", "-q", "-s", String(scale), player.dsn()]);
      await player.sql("checkpoint");
    },
    load(player, args, script) {
      const file = join(folder, `script${(scripts += 1)}.sql`);
      if (script !== undefined) writeFileSync(file, script);
      const child = spawn(
        pgbenchOf(player),
        ["-n", "-T", "600", ...args, ...(script === undefined ? [] : ["-f", file]), player.dsn()],
        { stdio: "ignore" },
      );
      later(() => ended(child));
      return child;
    },
    rest(player, sessions) {
      stage.load(player, ["-c", String(sessions)], "select 1;\n\\sleep 500 s");
    },
    start(file, args) {
      const child = spawn(file, args, { stdio: "ignore" });
      later(() => ended(child));
      return child;
    },
    observe: (primary, options = {}) => observe(folder, primary, options),
    run: (primary, options) => runExperiment(folder, primary, options),
    experiment: (experiment) => runFile(folder, experiment),
  };
  try {
    return await play(stage);
  } finally {
    const errors: unknown[] = [];
    for (const undo of undoes) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    for (const error of errors) console.error(messageOf(error));
  }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `holds`, or throws after a while. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within a minute`);
    await sleep(100);
  }
}

async function raisePrimary(
  options: PlayerOptions,
  folder: string,
  user: ProcessUser | null,
  later: Stage["later"],
): Promise<Player> {
  const { version = 15, segmentMb = 16, parameters = {} } = options;
  const from = version === 15 ? "machine" : "embedded";
  const context = { processes: nodeProcesses(), user, mayFetch: true };
  const { binDirectory } = await findPostgresql({ version, from }, context);
  await mkdir(folder, { recursive: true });
  if (user !== null) await chown(folder, user.uid, user.gid);
  const dataDirectory = join(folder, "data");
  const initdb = spawnSync(
    join(binDirectory, "initdb"),
    [
      `--pgdata=${dataDirectory}`,
      "--username=postgres",
      "--auth=trust",
      "--locale=C",
      "--encoding=UTF8",
      "--no-sync",
      `--wal-segsize=${segmentMb}`,
    ],
    { ...user, encoding: "utf8", cwd: "/", env: { LC_ALL: "C", PATH: "/usr/bin:/bin" } },
  );
  if (initdb.status !== 0) throw new Error(`initdb: ${initdb.stderr}`);
  return raise({ folder, dataDirectory, binDirectory, parameters, user, later });
}

async function raiseStandby(
  of: Player,
  { parameters = {}, slot, throughPort = of.port, name = "standby" }: StandbyOptions,
  folder: string,
  user: ProcessUser | null,
  later: Stage["later"],
): Promise<Player> {
  await mkdir(folder, { recursive: true });
  if (user !== null) await chown(folder, user.uid, user.gid);
  const dataDirectory = join(folder, "data");
  await run(
    "/usr/lib/postgresql/15/bin/pg_basebackup",
    ["-D", dataDirectory, "-c", "fast", "-X", "stream", "-d", of.dsn()],
    user,
  );
  await writeFile(join(dataDirectory, "standby.signal"), "");
  if (slot !== undefined) {
    await of.sql(`select pg_create_physical_replication_slot('${slot}', true)`);
  }
  const settings = {
    primary_conninfo: `host=127.0.0.1 port=${throughPort} user=postgres application_name=${name}`,
    ...(slot === undefined ? {} : { primary_slot_name: slot }),
    ...parameters,
  };
  const { binDirectory } = of;
  const player = await raise({
    folder,
    dataDirectory,
    binDirectory,
    parameters: settings,
    user,
    later,
  });
  await until(async () => {
    const rows = await of.sql("select 1 from pg_stat_replication where state = 'streaming'");
    return rows.length > 0;
  }, "the standby streams");
  return player;
}

async function raise(about: {
  readonly folder: string;
  readonly dataDirectory: string;
  readonly binDirectory: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly user: ProcessUser | null;
  readonly later: Stage["later"];
}): Promise<Player> {
  const { folder, dataDirectory, binDirectory, parameters, user, later } = about;
  const port = await freePort();
  const logFile = join(folder, "server.log");
  const log = openSync(logFile, "a");
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    shared_buffers: "64MB",
    max_wal_size: "4GB",
    log_line_prefix: "%m [%p] ",
    ...parameters,
  };
  const server = spawn(
    join(binDirectory, "postgres"),
    ["-D", dataDirectory, ...Object.entries(settings).map(([k, v]) => `--${k}=${v}`)],
    { ...user, cwd: "/", stdio: ["ignore", log, log], env: { LC_ALL: "C", PATH: "/usr/bin:/bin" } },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  later(async () => {
    server.kill("SIGQUIT");
    await Promise.race([exited, sleep(10_000)]);
    server.kill("SIGKILL");
  });
  const hosts = [{ host: "127.0.0.1", port }];
  const sql: Player["sql"] = (text) =>
    withConnection(
      {
        hosts,
        user: "postgres",
        database: "postgres",
        password: null,
        sslMode: "disable",
        sslRootCert: null,
      },
      { applicationName: "pgdyno-stage", timeoutMs: 60_000, statementTimeoutMs: 0 },
      ({ query }) => query(text),
    );
  await until(async () => {
    if (server.exitCode !== null) throw new Error(await readFile(logFile, "utf8"));
    return sql("select 1").then(
      () => true,
      () => false,
    );
  }, "the server answers");
  return {
    port,
    folder,
    dataDirectory,
    binDirectory,
    postmasterPid: server.pid!,
    sql,
    dsn: (name = "postgres") => `postgresql://${name}@127.0.0.1:${port}/postgres`,
  };
}

async function observe(
  folder: string,
  primary: Player,
  { standbys = [], seconds = 12, user = "postgres" }: ObserveOptions,
): Promise<Observed> {
  const runs = await mkdtemp(join(folder, "runs-"));
  const args = [
    "observe",
    `--dsn=${primary.dsn(user)}`,
    ...standbys.map((standby) => `--standby=${standby.dsn(user)}`),
    `--for=${seconds}s`,
    `--runs=${runs}`,
    "--format=json",
  ];
  return { isRun: false, ...readModel(await callProgram(args)) };
}

/** In a database of its own, since the loaded one must be empty or marked. */
async function runExperiment(
  folder: string,
  primary: Player,
  { clients, threads, script }: OwnLoad,
): Promise<Observed> {
  const place = await mkdtemp(join(folder, "load-"));
  await writeFile(join(place, "load.sql"), script);
  await primary.sql("create database own");
  const dsn = primary.dsn().replace(/postgres$/, "own");
  const pgbench = { scale: 1, threads, scripts: [{ file: join(place, "load.sql") }] };
  const ladder = { workload: { pgbench }, clients, duration: "10s", warmup: "2s", repetitions: 1 };
  const target = { existing: { dsn, production: "i-know" } };
  const ended = await runFile(folder, { target, stages: [{ ladder }] });
  return { isRun: true, ...readModel(ended) };
}

async function runFile(folder: string, experiment: unknown): Promise<Ended> {
  const place = await mkdtemp(join(folder, "run-"));
  const file = join(place, "experiment.yaml");
  await writeFile(file, JSON.stringify(experiment));
  return callProgram(["run", file, `--runs=${place}`, "--format=json"]);
}

async function callProgram(args: readonly string[]): Promise<Ended> {
  const program = join(ROOT, "src/cli/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number>((resolve) => {
    child.once("close", (code) => resolve(code ?? -1));
  });
  return { status, stdout, stderr };
}

function readModel({ status, stdout, stderr }: Ended): Omit<Observed, "isRun"> {
  if (stdout === "") throw new Error(`pgdyno ended with ${status}: ${stderr}`);
  const model = JSON.parse(stdout) as ReportModel;
  const failed = model.findings
    .filter(({ verdict }) => verdict === "fail")
    .toSorted((a, b) => a.rank! - b.rank!)
    .map(({ id }) => id);
  const verdict = (id: string) => model.findings.find((finding) => finding.id === id)!.verdict;
  return { status, model, text: stderr, failed, verdict };
}

/** pgbench is not among the embedded programs; any version of it will do. */
function pgbenchOf({ binDirectory }: Player): string {
  return binDirectory.includes("/15/") ? join(binDirectory, "pgbench") : PGBENCH;
}
const PGBENCH = "/usr/lib/postgresql/15/bin/pgbench";

function run(file: string, args: readonly string[], user: ProcessUser | null = null) {
  return new Promise<void>((resolve, reject) => {
    execFile(file, args, { ...user, cwd: "/" }, (error, _out, err) => {
      if (error === null) resolve();
      else reject(new Error(`${file}: ${err}`));
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}

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
