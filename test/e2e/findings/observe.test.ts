import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { slowLine } from "./slow-line.ts";
import { until, withStage } from "./stage.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

function observe(runs: string, args: readonly string[]) {
  const program = path.join(ROOT, "src/cli/main.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", program, "observe", `--runs=${runs}`, ...args],
    { cwd: ROOT, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

async function withRuns<T>(work: (runs: string) => Promise<T>): Promise<T> {
  const runs = await mkdtemp("/tmp/pgdyno-runs-");
  try {
    return await work(runs);
  } finally {
    await rm(runs, { recursive: true });
  }
}

const dsnOf = ({ endpoint }: TestPostgres) => {
  const { host, port } = endpoint.hosts[0]!;
  const { user, password, database } = endpoint;
  return `postgresql://${user}:${password!.reveal()}@${host}:${port}/${database}`;
};

test("watches a server without writing to it, and keeps its password to itself", async () => {
  await withPostgres(async (server) => {
    const admin = { applicationName: "psql", timeoutMs: 10_000 };
    await withConnection(server.adminEndpoint, admin, ({ query }) =>
      query("grant pg_monitor to pgdyno"),
    );
    await withRuns(async (runs) => {
      const { status, stdout } = observe(runs, [`--dsn=${dsnOf(server)}`, "--for=3s"]);
      expect([0, 1]).toContain(status);
      expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(27);
      expect(stdout).toMatch(/^(?:PASS|FAIL|UNDECIDED) {2}observe · PostgreSQL 18/);

      const record = await findRecord(runs);
      const texts = await Promise.all(
        (await readdir(record, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => readFile(path.join(entry.parentPath, entry.name), "utf8")),
      );
      expect(texts.length).toBeGreaterThan(20);
      expect(texts.join("")).not.toContain(server.endpoint.password!.reveal());

      // Three seconds from the first sample on, of ten a second.
      const waits = await readFile(path.join(record, "series/pg-waits.ndjson"), "utf8");
      const times = waits
        .trim()
        .split("\n")
        .flatMap((line) => (JSON.parse(line) as { t?: number }).t ?? []);
      expect(times.at(-1)! - times[0]!).toBeGreaterThan(2000);
      expect(times.at(-1)! - times[0]!).toBeLessThan(6000);
      // Its processes are on this machine, so that they were found.
      expect(await readdir(path.join(record, "series"))).toEqual(
        expect.arrayContaining(["postgres-processes.ndjson", "host-programs.ndjson"]),
      );

      const tables = await withConnection(server.adminEndpoint, admin, ({ query }) =>
        query("select 1 from pg_class where relnamespace::regnamespace::text !~ '^pg_|^inform'"),
      );
      expect(tables).toEqual([]);
    });
  });
});

test("says what is wrong with what it was given", async () => {
  await withRuns(async (runs) => {
    const dsn = "--dsn=postgresql://nobody@127.0.0.1:1/nothing";
    expect(observe(runs, [dsn, "--for=soon"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/`--for soon` is no time of a second or more/) as string,
    });
    const { status, stderr } = observe(runs, [dsn, "--for=2s"]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/127\.0\.0\.1:1/);
    // Nothing was seen, so that there is no record.
    expect(await readdir(runs)).toEqual([]);
  });
});

async function findRecord(runs: string): Promise<string> {
  const found = (await readdir(runs)).find((name) => name.endsWith("-observe"));
  if (found === undefined) throw new Error("There is no record.");
  return path.join(runs, found);
}

test("the same as a stage: somebody else's tables are watched, and nothing is written", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary({
      segmentMb: 1,
      parameters: { archive_mode: "on", archive_command: "exit 7" },
    });
    await stage.fill(primary, 1);
    stage.load(primary, ["-c", "2", "-R", "60"]);
    const { status, stdout, stderr } = await stage.experiment({
      target: { existing: { dsn: primary.dsn() } },
      stages: [{ observe: { for: "8s" } }],
    });
    const model = JSON.parse(stdout) as ReportModel;
    expect([status, stderr.includes("no load of ours")]).toEqual([1, true]);
    expect(model.verdictFinding).toBe("archive-failing");
    expect(model.trials).toEqual([]);
    const { startMs, endMs } = model.observations[0]!.window!;
    expect(Math.round((endMs - startMs) / 100)).toBe(80);
    const ours = "select 1 from pg_namespace where nspname like 'pgdyno%'";
    expect(await primary.sql(ours)).toEqual([]);
  });
});

test("a server that hardly answers is not called well: nothing passes, and the exit status says so", async () => {
  await withStage(async (stage) => {
    const primary = await stage.primary();
    stage.load(primary, ["-c", "2", "-S", "-R", "50"]);
    let delayMs = 0;
    const port = await slowLine(stage, primary.port, () => delayMs);
    const through = { ...primary, dsn: () => `postgresql://postgres@127.0.0.1:${port}/postgres` };
    const slowed = (async () => {
      await until(async () => {
        const asked =
          "select 1 from pg_stat_activity where application_name = 'pgdyno monitor' and query ~ 'pg_stat_get_activity'";
        return (await primary.sql(asked)).length > 0;
      }, "the probes are read");
      // Longer than a probe waits for its answer.
      delayMs = 700;
    })();
    const { model, status, text } = await stage.observe(through, { seconds: 10 });
    await slowed;
    expect(status).toBe(4);
    expect(model.verdict).toBe("unknown");
    expect(model.verdictBecause).toMatch(/^The server could not be watched\. /);
    expect(model.findings.filter(({ verdict }) => verdict === "pass")).toEqual([]);
    expect(text).not.toMatch(/PASS/);
  });
});
