import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { expect, test } from "vitest";
import type { WorkloadPlan } from "../../../src/contracts/workload.ts";
import type { TargetPlan } from "../../../src/contracts/target-plan.ts";
import type { Protocol } from "../../../src/lib/pgbench-script/protocol.ts";
import { nativeOptions } from "../../../src/workloads/native/options.ts";
import { loadScripts, planNative } from "../../../src/workloads/native/plan.ts";
import { runLoad } from "../../../src/workloads/native/run-load.ts";
import { pgbench } from "../../../src/workloads/pgbench/index.ts";
import { pgbenchOptions } from "../../../src/workloads/pgbench/options.ts";
import { planLoad } from "../../../src/workloads/pgbench/plan.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { withLoadScene } from "../pgbench/load-context.ts";
import { PEOPLE_SCRIPTS, SCENE, SCENE_DATA } from "./people-scripts.ts";
import { LOG_PARAMETERS, readSessions } from "./statement-log.ts";

const run = promisify(execFile);
const SEED = 42;
const VARIABLES = { list: "1,2,3", span: "'1 day'" };
/** Sends of each script that are compared; the same seed chooses the same scripts. */
const TRANSACTIONS = 600;
const PROTOCOLS = ["simple", "extended", "prepared"] as const;

const TARGET: TargetPlan = {
  summary: "",
  estimatedMs: 0,
  memoryBytes: null,
  sharedBuffersBytes: null,
  dataVolumePath: null,
  checkpointTimeoutMs: 300_000,
  maxWalBytes: 1024 ** 3,
};

interface Planned {
  readonly settledOptions: unknown;
  readonly warnings: WorkloadPlan["warnings"];
}

function optionsOf(files: readonly string[], protocol: Protocol): object {
  const scripts = files.map((file) => ({ file }));
  return { scripts, protocol, initialize: false, scale: 3, variables: VARIABLES };
}

const ABOUT = { target: TARGET, maxClients: 4, experimentDirectory: "/", cores: 2 };

/** What planning says of a script in either workload: its warnings or its faults. */
async function tell(workload: "native" | "pgbench", file: string, protocol: Protocol) {
  const options = optionsOf([file], protocol);
  const plan: Promise<Planned> =
    workload === "native"
      ? planNative(nativeOptions.parse(options), ABOUT)
      : planLoad(pgbenchOptions.parse(options), ABOUT);
  return plan.then(
    ({ warnings }) => {
      const told = warnings.map((one) => (typeof one === "string" ? one : one.message));
      return ["runs", ...told].join("\n");
    },
    (error: Error) => error.message.split("\n").slice(1).join("\n"),
  );
}

/**
 * The same script as pgbench can read it: to pgbench a byte-order mark is SQL, and behind a variable
 * at the very end it reads on.
 */
function plainOf(file: string): string {
  return path.join(path.dirname(file), "plain.sql");
}

async function withFiles<T>(work: (fileOf: (name: string) => string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), "pgdyno-people-"));
  const names = Object.keys(PEOPLE_SCRIPTS);
  const fileOf = (name: string): string =>
    path.join(directory, String(names.indexOf(name)), "script.sql");
  try {
    for (const [name, text] of Object.entries(PEOPLE_SCRIPTS)) {
      await mkdir(path.dirname(fileOf(name)));
      await writeFile(fileOf(name), text);
      await writeFile(plainOf(fileOf(name)), `${text.replace("\uFEFF", "")}\n`);
    }
    return await work(fileOf);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("both workloads say the same of each script, before anything is set up", async () => {
  await withFiles(async (fileOf) => {
    const outcomes: string[] = [];
    for (const name of Object.keys(PEOPLE_SCRIPTS)) {
      const told = new Map<Protocol, string>();
      for (const protocol of PROTOCOLS) {
        told.set(protocol, await tell("native", fileOf(name), protocol));
        expect(await tell("pgbench", fileOf(name), protocol)).toBe(told.get(protocol));
      }
      expect(told.get("extended")).toBe(told.get("prepared"));
      outcomes.push(`== ${name}`);
      if (told.get("simple") === told.get("prepared")) outcomes.push(told.get("simple")!);
      else outcomes.push(`simple: ${told.get("simple")}`, `prepared: ${told.get("prepared")}`);
    }
    await expect(`${outcomes.join("\n")}\n`).toMatchFileSnapshot("people-scripts.outcomes.txt");
  });
});

/** What real pgbench makes of scripts: whether all went well. */
async function runPgbench(
  server: TestPostgres,
  protocol: Protocol,
  files: readonly string[],
  transactions: number,
): Promise<boolean> {
  const { host, port } = server.endpoint.hosts[0]!;
  const args = [
    "--no-vacuum",
    `--random-seed=${SEED}`,
    `--protocol=${protocol}`,
    `--transactions=${transactions}`,
    "--scale=3",
    ...Object.entries(VARIABLES).map(([name, value]) => `--define=${name}=${value}`),
    ...files.map((file) => `--file=${file}@1`),
  ];
  const env = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: "pgdyno",
    PGDATABASE: "pgdyno",
    PGPASSWORD: server.endpoint.password!.reveal(),
  };
  return run(path.join(server.binDirectory, "pgbench"), args, { env }).then(
    () => true,
    () => false,
  );
}

async function runNative(server: TestPostgres, files: readonly string[], protocol: Protocol) {
  const summary = await runLoad(
    {
      endpoint: server.endpoint,
      scripts: await loadScripts(nativeOptions.parse(optionsOf(files, protocol))),
      variables: VARIABLES,
      scale: 3,
      clients: 1,
      workers: 1,
      mode: { kind: "closed", thinkMs: 0 },
      protocol,
      connectPerTransaction: false,
      maxTries: 1,
      seed: SEED,
      durationS: null,
      signal: AbortSignal.timeout(60_000),
      connectTimeoutMs: 5000,
      requestTimeoutMs: 5000,
      reconnect: false,
      transactionsPerClient: TRANSACTIONS,
    },
    { onSecond() {} },
  );
  expect(summary.errors).toEqual([]);
  expect(summary.aborted).toEqual([]);
}

/** pgbench as the workload runs it, until it has sent enough. */
async function runWorkload(server: TestPostgres, files: readonly string[], protocol: Protocol) {
  await withLoadScene(server, async (scene) => {
    const context = scene.loadContext(optionsOf(files, protocol), {
      clients: 1,
      seed: SEED,
      durationMs: 4000,
    });
    expect(await pgbench.run(context)).toMatchObject({ failed: 0 });
  });
}

/** What the one session of an application said. */
async function sayingsOf(server: TestPostgres, from: number, name: string): Promise<string[]> {
  const { sessions } = await readSessions(server.logFile, from, name);
  // A line break at the end of a script is its own line in the log.
  return sessions.flatMap((session) => session.split("\n")).filter((line) => line.trim() !== "");
}

async function setScene({ adminEndpoint }: TestPostgres, sql: string): Promise<void> {
  const client = new Client({
    ...adminEndpoint.hosts[0]!,
    user: adminEndpoint.user,
    database: adminEndpoint.database,
    password: adminEndpoint.password!.reveal(),
  });
  await client.connect();
  await client.query(`SET ROLE pgdyno; ${sql}`);
  await client.end();
}

/** Puts the data back. @returns where the log ends. */
async function startAgain(server: TestPostgres): Promise<number> {
  await setScene(server, SCENE_DATA);
  return (await readSessions(server.logFile, 0, "-")).end;
}

/** Where real pgbench and planning differ on purpose. */
const DIFFERENCES: Readonly<Record<string, object>> = {
  simple: { ranAnyway: ["a program without leave"], failedAtServer: [] },
  ...Object.fromEntries(
    ["extended", "prepared"].map((protocol) => [
      protocol,
      {
        // A look-up of NULL finds nothing, at once.
        ranAnyway: [
          "a misspelt variable",
          "a variable that nobody sets",
          "a program without leave",
        ],
        // Warned of: only the server knows that no integer looks like this.
        failedAtServer: ["a list as text"],
      },
    ]),
  ),
};

test.each(PROTOCOLS)(
  "what is not refused reaches the server as from pgbench: %s",
  async (protocol) => {
    await withFiles((fileOf) =>
      withPostgres(
        async (server) => {
          await setScene(server, SCENE + SCENE_DATA);
          const runs: string[] = [];
          const ranAnyway: string[] = [];
          const failedAtServer: string[] = [];
          for (const name of Object.keys(PEOPLE_SCRIPTS)) {
            const file = fileOf(name);
            const isPlanned = (await tell("native", file, protocol)).startsWith("runs");
            const isFine = await runPgbench(server, protocol, [plainOf(file)], 2);
            if (isPlanned && isFine) runs.push(file);
            else if (isPlanned) failedAtServer.push(name);
            else if (isFine) ranAnyway.push(name);
          }
          expect({ ranAnyway, failedAtServer }).toEqual(DIFFERENCES[protocol]);

          const from = await startAgain(server);
          expect(await runPgbench(server, protocol, runs.map(plainOf), TRANSACTIONS)).toBe(true);
          const wanted = await sayingsOf(server, from, "pgbench");
          const middle = await startAgain(server);
          await runNative(server, runs, protocol);
          const native = await sayingsOf(server, middle, "pgdyno");
          const last = await startAgain(server);
          await runWorkload(server, runs, protocol);
          const workload = await sayingsOf(server, last, "pgdyno load");
          expect(wanted.length).toBeGreaterThan(TRANSACTIONS);
          expect(native).toEqual(wanted);
          const shared = Math.min(workload.length, wanted.length);
          expect(shared).toBeGreaterThan(100);
          expect(workload.slice(0, shared)).toEqual(wanted.slice(0, shared));
        },
        { version: 15, parameters: { ...LOG_PARAMETERS, max_prepared_transactions: "4" } },
      ),
    );
  },
);
