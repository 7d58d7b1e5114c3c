import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { readLedger } from "../../../src/record/read-ledger.ts";
import { readRecord } from "../../../src/record/read-record.ts";
import { prepareDatabase, query } from "../run/load-on-existing.ts";
import { withPostgres } from "../../support/postgres.ts";
import { makeSite, startProgram } from "../../support/program.ts";
import { makeCertificates } from "../../support/certificates.ts";
import {
  existing,
  startRun,
  untilGone,
  untilLoaded,
  workerOf,
  type WorkersRun,
} from "./workers-run.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

const ladder = (workload: object, more: object = {}) => ({
  ladder: {
    workload,
    clients: [8],
    duration: "3s",
    warmup: "1s",
    cooldown: "200ms",
    repetitions: 1,
    between: "keep",
    ...more,
  },
});

/** What the record's seconds come to, and the transactions in their histograms. */
async function countIn(run: WorkersRun): Promise<{ counted: number; measured: number }> {
  const record = await readRecord(path.join(run.site, "runs/latest"));
  const [series] = record.probes.get("load")!.on.values();
  const counted = [...series!.keyed.values()]
    .flatMap((names) => names.get("transactions") ?? [])
    .reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const measured = [...record.latencies.values()]
    .flat()
    .filter(({ part }) => part === "latency")
    .reduce((sum, { histogram }) => sum + histogram.totalCount, 0);
  return { counted, measured };
}

test("three workers send what their merged seconds count, and the table holds it", async () => {
  await withPostgres(async (server) => {
    const files = {
      "insert.sql": "\\set n random(1, 1000)\ninsert into t values (:client_id, :n);\n",
    };
    await prepareDatabase(server, "create table t (client int, n int)");
    const site = makeSite();
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(site, name), text);
    const workload = { native: { scripts: [{ file: "insert.sql" }], initialize: false } };
    const run = startRun(
      { target: existing(server), load: { workers: 3 }, stages: [ladder(workload)] },
      { server, site },
    );
    const { status, stderr } = await run.ended;
    expect(status, stderr).toBe(0);
    const [outcome] = run.outcomes();
    const [row] = await query(server, [
      "select count(*)::int as rows, count(distinct client)::int as clients from t",
    ]);
    // The script was tried once before, and rolled back.
    expect(row).toEqual({ rows: outcome!.transactions, clients: 8 });
    expect(await countIn(run)).toEqual({
      counted: outcome!.transactions,
      measured: outcome!.transactions,
    });
    expect(outcome!.workers!.map(({ name, clients, lost }) => [name, clients, lost])).toEqual([
      ["worker-1", 3, null],
      ["worker-2", 3, null],
      ["worker-3", 2, null],
    ]);
  });
});

test("three pgbench count together what the server commits, at the rate of all", async () => {
  await withPostgres(async (server) => {
    await prepareDatabase(server, "create table t (client int)");
    const site = makeSite();
    writeFileSync(path.join(site, "insert.sql"), "insert into t values (:client_id);\n");
    const workload = { pgbench: { scripts: [{ file: "insert.sql" }], initialize: false } };
    const run = startRun(
      {
        target: existing(server),
        load: { workers: 3 },
        stages: [ladder(workload, { clients: 4, rates: ["60tps"], duration: "6s" })],
      },
      { server, site },
    );
    const { status, stderr } = await run.ended;
    expect(status, stderr).toBe(0);
    const [outcome] = run.outcomes();
    const [row] = await query(server, ["select count(*)::int as rows from t"]);
    expect(row).toEqual({ rows: outcome!.transactions });
    expect(await countIn(run)).toEqual({
      counted: outcome!.transactions,
      measured: outcome!.transactions,
    });
    // 60 a second for 7.2 s are 432 on average; by chance it is hardly ever half or twice as many.
    expect(outcome!.transactions).toBeGreaterThan(216);
    expect(outcome!.transactions).toBeLessThan(864);
    const raw = path.join(run.site, "runs/latest/raw");
    expect(readdirSync(path.join(raw, readdirSync(raw)[0]!)).sort()).toEqual(
      [1, 2, 3].flatMap((n) => [`worker-${n}.pgbench.stderr`, `worker-${n}.pgbench.stdout`]),
    );
  });
});

test("a worker that is killed in the middle makes its trial invalid and is named; the next trial has all", async () => {
  await withPostgres(async (server) => {
    const workload = { native: { ledger: {} } };
    const run = startRun(
      {
        target: existing(server),
        load: { workers: 3 },
        stages: [ladder(workload, { duration: "60s", repetitions: 1 }), ladder(workload)],
      },
      { server },
    );
    await untilLoaded(run);
    await sleep(1500);
    process.kill(workerOf(run, "worker-2"), "SIGKILL");
    const { status, stderr } = await run.ended;
    expect(status, stderr).not.toBeNull();
    const [first, second] = run.outcomes();
    expect(first!.workers!.map(({ name, lost }) => [name, lost === null])).toEqual([
      ["worker-1", true],
      ["worker-2", false],
      ["worker-3", true],
    ]);
    expect(second!.workers!.map(({ lost }) => lost)).toEqual([null, null, null]);
    const [trial, next] = await run.trials();
    expect(trial!.validity.is).toBe("invalid");
    const lost = trial!.validity.reasons.find(({ gate }) => gate === "worker-lost");
    expect(lost?.because).toMatch(
      /^worker-2, which carried 3 of the clients, was lost .*into the window: its process \d+ was ended by SIGKILL\.$/,
    );
    // What it wrote did not come home: nothing is said of it.
    expect(trial!.ledger!.is).toBe("unknown");
    expect(next!.ledger!.is).toBe("pass");
  });
});

test("what a killed worker had started ends, and so do the workers of a killed run", async () => {
  await withPostgres(async (server) => {
    const workload = { pgbench: { builtin: "select-only", scale: 1 } };
    const run = startRun(
      {
        target: existing(server),
        load: { workers: 2 },
        stages: [ladder(workload, { duration: "600s", clients: [4] })],
      },
      { server },
    );
    await untilLoaded(run);
    const workers = [workerOf(run, "worker-1"), workerOf(run, "worker-2")];
    const generators = workers.flatMap((pid) => pgbenchOf(pid));
    expect(generators).toHaveLength(2);
    process.kill(run.pid, "SIGKILL");
    await Promise.all([...workers, ...generators].map(untilGone));
    const journals = () => readdirSync(path.join(run.site, "state"));
    while (journals().some((name) => name.startsWith("worker-"))) await sleep(100);
    const other = startRun(
      {
        target: existing(server),
        load: { workers: 2 },
        stages: [ladder(workload, { duration: "600s", clients: [4] })],
      },
      { server },
    );
    await untilLoaded(other);
    const victim = workerOf(other, "worker-1");
    const [orphan] = pgbenchOf(victim);
    process.kill(victim, "SIGKILL");
    await untilGone(orphan!);
    await other.ended;
  });
});

/** pgbench's processes that a worker started. */
function pgbenchOf(worker: number): number[] {
  return execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(worker)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("pgbench"))
    .map((line) => Number.parseInt(line, 10));
}

test("Ctrl-C stops the workers, and resume measures what was left with workers again", async () => {
  await withPostgres(async (server) => {
    const run = startRun(
      {
        target: existing(server),
        load: { workers: 2 },
        stages: [ladder({ native: { ledger: {} } }, { duration: "20s" })],
      },
      { server },
    );
    await untilLoaded(run);
    const workers = [workerOf(run, "worker-1"), workerOf(run, "worker-2")];
    run.kill("SIGINT");
    expect((await run.ended).status).toBe(130);
    await Promise.all(workers.map(untilGone));
    const again = startProgram(run.site, ["resume", "runs/latest"], {
      PGPASSWORD: server.endpoint.password!.reveal(),
    });
    const { stderr } = await again.ended;
    expect(
      run.outcomes().map((outcome) => outcome.workers?.length),
      stderr,
    ).toEqual([2]);
  });
});

test("workers join from elsewhere with the token; another token and another version are refused", async () => {
  await withPostgres(async (server) => {
    const site = makeSite();
    writeFileSync(path.join(site, "token"), TOKEN);
    writeFileSync(path.join(site, "other"), "f".repeat(32));
    const port = await freePort();
    const join = ["worker", "--join", `127.0.0.1:${port}`];
    const early = startProgram(site, [...join, "--token-file", "token", "--name", "early"]);
    const run = startRun(
      {
        target: existing(server),
        load: { join: 2, listen: `127.0.0.1:${port}`, tokenFile: "token" },
        stages: [ladder({ native: { ledger: {} } })],
      },
      { server, site },
    );
    await run.untilItSays("Waits for 2 workers to join");
    const stranger = await startProgram(site, [...join, "--token-file", "other"]).ended;
    expect([stranger.status, stranger.stderr]).toEqual([
      2,
      expect.stringContaining("do not have the same token"),
    ]);
    expect(stranger.stderr).toContain("(WORKER_TOKEN)");
    const none = await startProgram(site, join, { PGDYNO_TOKEN: "" }).ended;
    expect(none.stderr).toContain("(WORKER_TOKEN_MISSING)");
    const late = startProgram(site, [...join, "--name", "late"], { PGDYNO_TOKEN: TOKEN });
    const { status, stderr } = await run.ended;
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("was refused: it has another token");
    expect([(await early.ended).status, (await late.ended).status]).toEqual([0, 0]);
    const [outcome] = run.outcomes();
    expect(outcome!.workers!.map(({ name }) => name).sort()).toEqual(["early", "late"]);
    expect(JSON.stringify(readRecordTexts(run.site))).not.toContain(TOKEN);
  });
});

test("TLS: a worker that trusts the run's certificate joins, one that does not refuses", async () => {
  await withPostgres(async (server) => {
    const site = makeSite();
    const { authority, server: own } = await makeCertificates(null);
    writeFileSync(path.join(site, "token"), TOKEN);
    const port = await freePort();
    const run = startRun(
      {
        target: existing(server),
        load: {
          join: 1,
          listen: `127.0.0.1:${port}`,
          tokenFile: "token",
          tls: { certificate: own.file, key: own.key },
        },
        stages: [ladder({ native: { ledger: {} } })],
      },
      { server, site },
    );
    await run.untilItSays("Waits for 1 worker to join");
    const join = ["worker", "--join", `localhost:${port}`, "--token-file", "token"];
    const plain = await startProgram(site, [...join, "--wait", "1s"]).ended;
    expect(plain.status).not.toBe(0);
    const worker = startProgram(site, [...join, "--tls-ca", authority]);
    const { status, stderr } = await run.ended;
    expect(status, stderr).toBe(0);
    expect((await worker.ended).status).toBe(0);
  });
});

test("the ledger of a failover under three workers is whole, and nothing is lost", async () => {
  const run = startRun({
    target: {
      local: {
        postgresql: { version: 18, parameters: { shared_buffers: "64MB" } },
        instances: 3,
        synchronous: { method: "any", number: 1 },
      },
    },
    load: { workers: 3 },
    stages: [
      {
        failover: {
          fault: "kill-primary",
          rate: "100tps",
          clients: 6,
          trials: 1,
          duration: "12s",
          warmup: "2s",
        },
      },
    ],
  });
  const { stderr } = await run.ended;
  const folder = path.join(run.site, "runs/latest/ledger");
  const files = readdirSync(folder).filter((name) => name.startsWith("failover"));
  const trial = files[0]!.replace(/\.[^.]+\.csv$/, "");
  expect(files.sort(), stderr).toEqual([
    `${trial}.1-0.csv`,
    `${trial}.2-0.csv`,
    `${trial}.3-0.csv`,
    `${trial}.final.csv`,
  ]);
  const ledger = readLedger(files.map((name) => path.join(folder, name)));
  expect([ledger.isWhole, ledger.damage, ledger.clients]).toEqual([true, [], 6]);
  // Two lives of servers took writes, on two timelines.
  expect(new Set(ledger.servers.map(({ timeline }) => timeline))).toEqual(new Set([1, 2]));
  const trials = await run.trials();
  const verdict = trials.find(({ planned }) => planned.id === trial)!.ledger!;
  expect([verdict.is, verdict.because]).toEqual(["pass", expect.stringContaining("were there")]);
});

function readRecordTexts(site: string): string[] {
  const folder = path.join(site, "runs/latest");
  return ["run.json", "events.ndjson"].map((name) => readFileSync(path.join(folder, name), "utf8"));
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
