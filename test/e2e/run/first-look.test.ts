import { writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { withPostgres } from "../../support/postgres.ts";
import { makeSite, runProgram } from "../../support/program.ts";

/** Runs an experiment; a goal that is missed, or undecided on a machine that is not quiet, is an answer too. */
async function reportOf(
  text: string,
  {
    args = [],
    files = {},
  }: {
    readonly args?: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<ReportModel> {
  const site = makeSite();
  for (const [name, content] of Object.entries({ "it.yaml": text, ...files })) {
    writeFileSync(path.join(site, name), content);
  }
  const result = await runProgram(site, ["run", "it.yaml", "--format", "json", ...args]);
  expect([0, 1], result.stderr).toContain(result.status);
  return JSON.parse(result.stdout) as ReportModel;
}

const SHORT = "duration: 1s, warmup: 100ms, cooldown: 0s, between: keep";
/** The quickstart's shape in some seconds. */
const QUICK = `
objectives: { ofFirstLook: { throughput: 70%, p50: 200% } }
target: { local: { postgresql: { version: 18, from: embedded, parameters: { checkpoint_timeout: 30s, autovacuum: off } } } }
stages:
  - ladder: { workload: { native: { builtin: select-only, scale: 1 } }, clients: [1, 2], repetitions: 2, ${SHORT} }
  - ladder: { workload: { native: { builtin: tpcb-like, scale: 2 } }, clients: [2], repetitions: 1, ${SHORT} }
`;

const gatesOf = ({ trials }: ReportModel, curve: string) =>
  new Set(
    trials
      .filter(({ planned }) => planned.curve.includes(curve))
      .flatMap(({ validity }) => validity.reasons.map(({ gate }) => gate)),
  );

test("a first look sets the goals, reads need no checkpoint cycles, writes do", async () => {
  const report = await reportOf(QUICK);
  expect(report.trials[0]!.planned).toMatchObject({ role: "first-look", clients: 2 });
  const [reads, writes] = report.curves;
  expect(reads!.firstLook!.throughputTps).toBeGreaterThan(0);
  expect(writes!.firstLook).toBeNull();
  expect(
    report.trials.filter(({ planned }) => planned.point === reads!.points[0]!.point),
  ).toHaveLength(2);
  expect(report.objectives.map(({ objective }) => objective)).toEqual(["throughput", "p50"]);
  for (const { wanted } of report.objectives) {
    expect(wanted).toMatch(/^at (least|most) .*% of what a first look found$/);
  }
  expect(gatesOf(report, "select-only")).not.toContain("quick");
  expect(gatesOf(report, "tpcb-like")).toContain("quick");
});

test("goals of the command line take the place of the file's, and are judged on every curve", async () => {
  const report = await reportOf(QUICK, { args: ["--throughput", "100000000", "--p99", "1us"] });
  expect(report.trials.some(({ planned }) => planned.role === "first-look")).toBe(true);
  expect(report.objectives.map(({ objective, wanted }) => `${objective} ${wanted}`)).toEqual([
    "throughput at least 100,000,000 tps",
    expect.stringMatching(/^p50 .*% of what a first look found$/),
    "p99 at most 0.001 ms",
  ]);
  // Nothing reaches that: it is missed, or, where nothing counts beside a neighbour, undecided.
  expect(report.objectives[0]!.verdict).not.toBe("pass");
});

test("a script that says that it reads, and generates WAL, needs checkpoint cycles all the same", async () => {
  await withPostgres(
    async ({ adminEndpoint, endpoint }) => {
      await query(
        adminEndpoint,
        `create function look() returns void language sql as
           $$ select pg_logical_emit_message(true, 'look', repeat('x', 1000000)) $$`,
      );
      const run = (name: string, statement: string) =>
        reportOf(
          `target: { existing: { dsn: "${dsnOf(endpoint)}" } }
stages:
  - ladder: { workload: { native: { initialize: false, scripts: [{ file: ${name}.sql }] } }, clients: [1], repetitions: 1, ${SHORT} }`,
          { files: { [`${name}.sql`]: statement } },
        );
      const writes = await run("writes", "select look();\n");
      const reads = await run("reads", "select 1;\n");
      for (const { trials } of [writes, reads]) {
        expect(trials[0]!.planned.readsOnly).toBe(true);
        expect(trials[0]!.throughputTps).toBeGreaterThan(0);
      }
      expect(gatesOf(writes, "writes")).toContain("quick");
      expect(gatesOf(reads, "reads")).not.toContain("quick");
    },
    { version: 15 },
  );
});

async function query({ hosts, user, password, database }: Endpoint, sql: string): Promise<void> {
  const [{ host, port }] = hosts as [{ host: string; port: number }];
  const client = new Client({ host, port, user, database, password: password?.reveal() });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function dsnOf({ hosts, user, password, database }: Endpoint): string {
  const [{ host, port }] = hosts as [{ host: string; port: number }];
  return `postgresql://${user}:${password!.reveal()}@${host}:${port}/${database}`;
}
