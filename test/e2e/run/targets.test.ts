import { writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import { makeSite, runProgram } from "../../support/program.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";

interface Report {
  readonly run: { readonly status: string; readonly experimentText: string };
  readonly server: { readonly version: string };
  readonly trials: readonly {
    readonly throughputTps: number | null;
    readonly latency: { readonly count: number; readonly p50Ms: number | null };
    readonly statements: readonly { readonly script: string; readonly count: number }[];
  }[];
  readonly findings: readonly { readonly id: string; readonly verdict: string }[];
  readonly notSeen: readonly string[];
}

async function runExperiment(
  text: string,
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly report: Report; readonly everything: string }> {
  const site = makeSite();
  for (const [name, content] of Object.entries({ "it.yaml": text, ...files })) {
    writeFileSync(path.join(site, name), content);
  }
  const result = await runProgram(site, ["run", "it.yaml", "--format", "json"], environment);
  expect(result.stderr).not.toContain("This is a bug");
  expect(result.status, result.stderr).toBe(0);
  return { report: JSON.parse(result.stdout) as Report, everything: result.stdout + result.stderr };
}

const ladder = (workload: string) => `
stages:
  - ladder: { workload: ${workload}, clients: [2], duration: 1500ms, warmup: 200ms, cooldown: 100ms, repetitions: 1 }
`;

for (const version of [14, 15, 16, 17, 18]) {
  test(`measures the embedded PostgreSQL ${version}`, async () => {
    const { report } = await runExperiment(
      `target: { local: { postgresql: { version: ${version}, from: embedded, parameters: { shared_buffers: 64MB } } } }` +
        ladder("{ native: { scale: 2 } }"),
    );
    expect(report.run.status).toBe("finished");
    expect(report.server.version).toMatch(new RegExp(`^${version}\\.`));
    expect(report.trials[0]!.throughputTps).toBeGreaterThan(0);
    expect(report.findings.length).toBeGreaterThan(15);
  });
}

test("measures a server by DSN with a role that has only pg_monitor and its own database", async () => {
  await withPostgres(
    async (server) => {
      const dsn = await makeRunner(server);
      const { report, everything } = await runExperiment(
        `target: { existing: { dsn: "${dsn}" } }` +
          ladder("{ native: { scale: 1, builtin: select-only } }"),
      );
      expect(report.server.version).toMatch(/^15\./);
      expect(report.trials[0]!.throughputTps).toBeGreaterThan(0);
      expect(everything).not.toContain("open sesame");
      expect(report.run.experimentText).toContain("***");
    },
    { version: 15 },
  );
});

test("runs two weighted scripts of the user's on the user's own table, with pgbench and with native", async () => {
  await withPostgres(
    async (server) => {
      const dsn = await makeRunner(server);
      const files = {
        "read.sql": "\\set id random(1, 1000)\nselect body from notes where id = :id;\n",
        "write.sql":
          "\\set id random(1, 1000)\nupdate notes set body = body || 'x' where id = :id;\n",
      };
      const client = new Client({ connectionString: dsn });
      await client.connect();
      await client.query(
        "create table notes as select id, 'a note' as body from generate_series(1, 1000) as id",
      );
      await client.end();
      await expectRefusal(dsn);
      const marked = await runProgram(makeSite(), ["mark", "--dsn", dsn, "--yes", "runner"]);
      expect(marked.stdout).toContain("is pgdyno's now; it holds 1 tables and sequences (notes).");
      for (const workload of ["native", "pgbench"]) {
        const { report } = await runExperiment(
          `target: { existing: { dsn: "${dsn}" } }` +
            ladder(
              `{ ${workload}: { initialize: false, scripts: [{ file: read.sql, weight: 9 }, { file: write.sql, weight: 1 }] } }`,
            ),
          files,
        );
        const counts = report.trials[0]!.statements;
        const of = (script: string) =>
          counts.filter((row) => row.script === script).reduce((sum, { count }) => sum + count, 0);
        expect(of("read.sql") / of("write.sql")).toBeGreaterThan(3);
      }
    },
    { version: 15 },
  );
});

async function expectRefusal(dsn: string): Promise<void> {
  const site = makeSite();
  const text = `target: { existing: { dsn: "${dsn}" } }` + ladder("{ native: { scale: 1 } }");
  writeFileSync(path.join(site, "it.yaml"), text);
  const { status, stderr } = await runProgram(site, ["run", "it.yaml"]);
  expect(status).toBe(4);
  expect(stderr).toContain("holds 1 table (notes) and does not bear pgdyno's marker");
}

/** A role with `pg_monitor` and a database of its own that bears the marker; gives its DSN. */
async function makeRunner({ adminEndpoint }: TestPostgres): Promise<string> {
  const { hosts, user, password, database } = adminEndpoint;
  const [{ host, port }] = hosts as [{ host: string; port: number }];
  const admin = new Client({ host, port, user, database, password: password?.reveal() });
  await admin.connect();
  await admin.query("create role runner login password 'open sesame' in role pg_monitor");
  await admin.query("create database runner owner runner");
  await admin.end();
  return `postgresql://runner:open%20sesame@${host}:${port}/runner`;
}
