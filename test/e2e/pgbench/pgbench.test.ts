import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import type { LoadInterval } from "../../../src/contracts/workload.ts";
import { pgbench } from "../../../src/workloads/pgbench/index.ts";
import { parseSummary } from "../../../src/workloads/pgbench/parse-summary.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { totalOf, withLoadScene, type LoadScene } from "./load-context.ts";

const V15 = { version: 15 };

async function summaryOf(scene: LoadScene) {
  const stdout = await readFile(path.join(scene.directory, "pgbench.stdout"), "utf8");
  return parseSummary(stdout.trimEnd().split("\n"));
}

/** Of all seconds and scripts together. */
function meanMsOf(intervals: readonly LoadInterval[]): number {
  const scripts = intervals.flatMap((interval) => interval.scripts);
  const count = scripts.reduce((sum, { latency }) => sum + latency.totalCount, 0);
  const total = scripts.reduce((sum, { latency }) => sum + latency.totalCount * latency.mean, 0);
  return total / count / 1000;
}

async function query(server: TestPostgres, ...statements: string[]): Promise<unknown[]> {
  const { endpoint } = server;
  const client = new Client({
    ...endpoint.hosts[0]!,
    user: endpoint.user,
    database: endpoint.database,
    password: endpoint.password!.reveal(),
  });
  await client.connect();
  try {
    const rows: unknown[] = [];
    for (const statement of statements) rows.push(...(await client.query(statement)).rows);
    return rows;
  } finally {
    await client.end();
  }
}

test("the digested log says what pgbench's own summary says", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await pgbench.prepare(scene.prepareContext({ scale: 4, partitions: 2 }));
        expect(scene.shares.at(-1)).toBe(1);
        expect(await query(server, "select count(*)::int from pgbench_accounts")).toEqual([
          { count: 400_000 },
        ]);

        let startedMs = Number.NaN;
        const context = scene.loadContext({ scale: 4, threads: 2 }, {});
        const onStart = () => {
          startedMs = context.clock.now();
        };
        const outcome = await pgbench.run({ ...context, onStart });
        const summary = await summaryOf(scene);
        const total = totalOf(scene.intervals);
        expect(total).toMatchObject({
          transactions: summary.processed,
          latencies: summary.processed,
          failed: 0,
          skipped: 0,
          unknown: 0,
        });
        expect(outcome).toMatchObject({
          transactions: summary.processed,
          warnings: [],
          generatorThreads: 2,
        });
        // pgbench leaves connecting out of its throughput; the seconds hold it, and its exit.
        const loadedS = (total.lengthMs - summary.connectingMs!) / 1000;
        expect(Math.abs(total.transactions / loadedS / summary.tps! - 1)).toBeLessThan(0.1);
        expect(meanMsOf(scene.intervals) / summary.latencyMsMean!).toBeCloseTo(1, 2);
        expect(scene.intervals.length).toBeGreaterThanOrEqual(4);
        expect(scene.intervals[1]!.generatorCores).toBeGreaterThan(0.005);
        expect(outcome.generatorCpuMs).toBeGreaterThan(20);
        expect(scene.intervals.at(-1)!.atMs - startedMs).toBeGreaterThan(3900);
        expect(scene.intervals[0]!.atMs - startedMs).toBeLessThan(1200);
        expect(outcome.statements.map(({ text }) => text.split(" ")[0])).toEqual(
          "\\set \\set \\set \\set BEGIN; UPDATE SELECT UPDATE UPDATE INSERT END;".split(" "),
        );
        const [history] = await query(server, "select count(*)::int from pgbench_history");
        expect(history).toEqual({ count: summary.processed });
      }),
    V15,
  );
});

test("an open loop counts from the schedule, and skips are no silence", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await pgbench.prepare(scene.prepareContext({ scale: 1, initSteps: "dtGvp" }));
        const closed = scene.loadContext({ builtin: "select-only" }, { rateTps: 200 });
        const outcome = await pgbench.run(closed);
        const summary = await summaryOf(scene);
        expect(outcome).toMatchObject({
          transactions: summary.processed,
          skipped: 0,
          warnings: [],
        });
        const lags = scene.intervals.flatMap(({ scripts }) => scripts.map(({ lag }) => lag!));
        const lagUs = lags.reduce((sum, lag) => sum + lag.mean * lag.totalCount, 0);
        expect(lagUs / summary.processed / 1000 / summary.lagMsMean!).toBeCloseTo(1, 1);
        for (const { scripts } of scene.intervals) {
          const [{ latency, service, lag }] = scripts as [(typeof scripts)[number]];
          expect(service!.mean + lag!.mean).toBeGreaterThan(latency.mean * 0.99 - 2);
          expect(service!.mean + lag!.mean).toBeLessThan(latency.mean * 1.01 + 2);
        }
      }),
    V15,
  );
});

test("counts skipped, failed and retried transactions as pgbench does", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await query(server, "create table thing (n int)", "insert into thing values (0)");
        // All change one row and hold it for 10 ms: most of what is due comes too late on any machine,
        // and whoever waited for the row cannot be serialized.
        const file = path.join(scene.directory, "one-row.sql");
        await writeFile(
          file,
          "begin;\nupdate thing set n = n + 1;\nselect pg_sleep(0.01);\nend;\n",
        );
        const options = {
          scripts: [{ file }],
          initialize: false,
          maxTries: 2,
          latencyLimit: "30ms",
        };
        await pgbench.prepare(scene.prepareContext(options));
        const load = { clients: 8, rateTps: 1500, durationMs: 3000 };
        const outcome = await pgbench.run(scene.loadContext(options, load));
        const summary = await summaryOf(scene);
        const { processed, failed, skipped, retries } = summary;
        expect(totalOf(scene.intervals)).toMatchObject({
          transactions: processed,
          failed,
          skipped,
          retried: retries,
        });
        expect(outcome).toMatchObject({
          transactions: processed,
          failed,
          skipped,
          retried: retries,
        });
        expect(failed).toBeGreaterThan(10);
        expect(skipped).toBeGreaterThan(10);
        expect(outcome.warnings[0]).toMatch(/transactions failed: .* by serialization/);
      }),
    { ...V15, parameters: { default_transaction_isolation: "repeatable read" } },
  );
});

test("runs two weighted scripts on the user's own table, on the embedded server", async () => {
  await withPostgres((server) =>
    withLoadScene(server, async (scene) => {
      await query(
        server,
        "create table thing (id int primary key, n int)",
        "insert into thing select g, 0 from generate_series(1, 100) g",
      );
      const file = (name: string) => path.join(scene.directory, name);
      await writeFile(
        file("read.sql"),
        "\\set id random(1, :top)\nselect n from thing where id = :id;\n",
      );
      await writeFile(file("write.sql"), "update thing set n = n + 1 where id = 1;\n");
      const scripts = [{ file: file("read.sql"), weight: 9 }, { file: file("write.sql") }];
      const options = { scripts, initialize: false, variables: { top: 100 } };
      await pgbench.prepare(scene.prepareContext(options));
      const outcome = await pgbench.run(scene.loadContext(options, { durationMs: 2000 }));

      const byScript = scene.intervals[0]!.scripts.map(({ script }, index) => ({
        script,
        transactions: scene.intervals.reduce(
          (sum, { scripts }) => sum + scripts[index]!.transactions,
          0,
        ),
      }));
      expect(byScript.map(({ script }) => script)).toEqual(["read.sql", "write.sql"]);
      const [{ n }] = (await query(server, "select n from thing where id = 1")) as [{ n: number }];
      expect(byScript[1]!.transactions).toBe(n);
      expect(byScript[0]!.transactions).toBe(outcome.transactions - n);
      expect(n / outcome.transactions).toBeGreaterThan(0.05);
      expect(n / outcome.transactions).toBeLessThan(0.2);
    }),
  );
});

test("a server that dies leaves unknown answers and a warning, not a healthy result", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await pgbench.prepare(scene.prepareContext({ scale: 4 }));
        const kill = setTimeout(() => process.kill(server.postmasterPid, "SIGQUIT"), 1500);
        const outcome = await pgbench.run(scene.loadContext({ scale: 4 }, { durationMs: 6000 }));
        clearTimeout(kill);
        const summary = await summaryOf(scene);
        expect(outcome.transactions).toBe(summary.processed);
        expect(outcome.unknown).toBe(4);
        expect(totalOf(scene.intervals).unknown).toBe(4);
        expect(outcome.warnings).toEqual([
          expect.stringMatching(/^4 of 4 clients ended at an error/),
        ]);
        expect(outcome.endedClients).toBe(4);
        expect(outcome.errors!.reduce((sum, { count }) => sum + count, 0)).toBe(4);
        expect(outcome.errors![0]!.message).toMatch(/backend died|terminating connection/);

        await expect(pgbench.run(scene.loadContext({ scale: 4 }, {}))).rejects.toMatchObject({
          code: "LOAD_FAILED",
          message: expect.stringMatching(/Connection refused/),
        });
      }),
    V15,
  );
});

test("a load whose every transaction is refused tells why, and where", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        const file = path.join(scene.directory, "wrong.sql");
        await writeFile(file, "select 1 / 0;\n");
        const options = { scripts: [{ file }], initialize: false };
        const outcome = await pgbench.run(scene.loadContext(options, {}));
        expect(outcome).toMatchObject({ transactions: 0, failed: 4, endedClients: 4 });
        expect(outcome.errors).toMatchObject([
          { message: "division by zero", script: "wrong.sql", line: 1, count: 4 },
        ]);
        expect(scene.errors).toMatchObject([{ message: "division by zero" }]);
      }),
    V15,
  );
});

test("ends early and cleanly: the log is whole and the summary is there", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await pgbench.prepare(scene.prepareContext({ scale: 1 }));
        const stop = new AbortController();
        const load = { signal: stop.signal, durationMs: 60_000 };
        const began = performance.now();
        setTimeout(() => stop.abort(), 2300);
        const outcome = await pgbench.run(scene.loadContext({ builtin: "select-only" }, load));
        expect(performance.now() - began).toBeLessThan(5000);
        expect(outcome.transactions).toBe((await summaryOf(scene)).processed);
        expect(outcome.transactions).toBeGreaterThan(100);
        expect(outcome.warnings).toEqual([]);
      }),
    V15,
  );
});

test("no secret in the arguments, the environment or the output; no file is left", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await pgbench.prepare(scene.prepareContext({ scale: 1 }));
        const context = scene.loadContext({ builtin: "select-only" }, { durationMs: 2000 });
        const password = server.endpoint.password!.reveal();
        let seen = "";
        const processes = {
          ...context.processes,
          spawn: (...args: Parameters<typeof context.processes.spawn>) => {
            seen += JSON.stringify(args);
            return context.processes.spawn(...args);
          },
        };
        await pgbench.run({ ...context, processes });
        expect(seen).toContain("PGPASSFILE");
        expect(seen).not.toContain(password);

        const left = await readdir(scene.directory);
        expect(
          left.filter(
            (name) => !name.startsWith("pgbench.") && !name.startsWith("pgbench-initialize."),
          ),
        ).toEqual([]);
        for (const name of left) {
          expect(await readFile(path.join(scene.directory, name), "utf8")).not.toContain(password);
        }
      }),
    V15,
  );
});
