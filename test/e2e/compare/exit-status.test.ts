import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { RunComparison } from "../../../src/analysis/compare/compare-runs.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import type { RunManifest } from "../../../src/record/format.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { makeSite, runProgram, startProgram, type RunningProgram } from "../../support/program.ts";

const targetOf = ({ endpoint: { hosts, user, database } }: TestPostgres) =>
  `target: { existing: { dsn: "postgresql://${user}@127.0.0.1:${hosts[0]!.port}/${database}" } }`;
const environmentOf = ({ endpoint }: TestPostgres) => ({ PGPASSWORD: endpoint.password!.reveal() });

/** Nine tenths of the time nobody else may read. */
const BLOCK =
  "do $$ begin lock table pgbench_accounts in access exclusive mode; perform pg_sleep(0.09); end $$";

/** Another job on the same table, whenever the second of a pair of the control runs. */
async function disturbSeconds(
  site: string,
  { adminEndpoint }: TestPostgres,
  program: RunningProgram,
): Promise<void> {
  await program.untilItSays("[1/");
  const manifest = readFileSync(path.join(site, "runs/latest/run.json"), "utf8");
  const { trials } = (JSON.parse(manifest) as RunManifest).plan;
  const options = { applicationName: "nightly job", timeoutMs: 10_000 };
  await withConnection(adminEndpoint, options, async ({ query }) => {
    for (const [i, { id }] of trials.entries()) {
      await program.untilItSays(`[${i + 1}/`);
      if (!id.includes("control-second")) continue;
      const over = new AbortController();
      const next = program.untilItSays(`[${i + 2}/`).then(() => over.abort());
      while (!over.signal.aborted) {
        await query(BLOCK);
        await sleep(10);
      }
      await next;
    }
  });
}

const CONTROLLED = `
stages:
  - compare:
      workload: { native: { builtin: select-only, scale: 1 } }
      a: {}
      b: {}
      clients: 2
      pairs: 2
      control: 3
      duration: 1s
      warmup: 300ms
      cooldown: 0s
      between: keep
`;

test("a control that differs fails the run, and every form of the report says why", async () => {
  await withPostgres(async (server) => {
    const site = makeSite();
    writeFileSync(path.join(site, "broken.yaml"), `${targetOf(server)}${CONTROLLED}`);
    const program = startProgram(site, ["run", "broken.yaml"], environmentOf(server));
    const [run] = await Promise.all([program.ended, disturbSeconds(site, server, program)]);
    expect(run.status, run.stderr).toBe(1);
    const why =
      /^FAIL .*\s+believe +No\. The set-up is broken\. The same thing twice\s+differed\s+\(B\s+is\s+\d/;
    expect(run.stdout).toMatch(why);
    expect(run.stdout).toMatch(/^compare +INVALID\. The same thing twice differed/m);
    expect(readFileSync(path.join(site, "runs/latest/report.html"), "utf8")).toContain(
      "The set-up is broken. The same thing twice differed",
    );
    const told = async (format: string) => {
      const report = await runProgram(site, ["report", "runs/latest", "--format", format]);
      expect(report.status, report.stderr).toBe(1);
      return report.stdout;
    };
    const model = JSON.parse(await told("json")) as ReportModel;
    expect(model).toMatchObject({
      verdict: "fail",
      verdictBecause: expect.stringContaining("The set-up is broken."),
      comparisons: [{ validity: "invalid", control: { is: "different" } }],
    });
    expect(await told("html")).toContain("The set-up is broken. The same thing twice differed");
    expect(await told("junit")).toMatch(/<failure message="The same thing twice differed/);
  });
});

const LADDER = `
stages:
  - ladder:
      workload: { native: { scripts: [{ file: work.sql }], scale: 1 } }
      clients: 8
      duration: 1s
      warmup: 200ms
      cooldown: 0s
      repetitions: 3
      between: keep
`;

test("two recorded runs: 1 where B is worse; with --strict also where it is not sure that it is not", async () => {
  await withPostgres(async (server) => {
    const site = makeSite();
    writeFileSync(path.join(site, "work.yaml"), `${targetOf(server)}${LADDER}`);
    for (const [runs, seconds] of [
      ["before", 0.004],
      ["after", 0.02],
    ] as const) {
      writeFileSync(path.join(site, "work.sql"), `select pg_sleep(${seconds});\n`);
      const args = ["run", "work.yaml", "--runs", runs];
      const run = await runProgram(site, args, environmentOf(server));
      expect(run.status, run.stderr).toBe(0);
    }
    const compare = async (a: string, b: string, ...more: readonly string[]) => {
      const names = ["compare", `${a}/latest`, `${b}/latest`, "--format", "json"];
      const { status, stdout, stderr } = await runProgram(site, [...names, ...more]);
      const { points } = JSON.parse(stdout) as RunComparison;
      const verdicts = points.map(({ result }) =>
        result.is === "compared" ? result.verdict : "unknown",
      );
      return { status, verdicts, stderr };
    };
    const isSure = (verdicts: readonly string[]) =>
      verdicts.every((verdict) => verdict === "better" || verdict === "equivalent");

    const worse = await compare("before", "after");
    expect(worse).toMatchObject({ status: 1, verdicts: expect.arrayContaining(["worse"]) });
    expect((await compare("before", "after", "--strict")).status).toBe(1);
    const better = await compare("after", "before");
    expect(better).toMatchObject({ status: 0, verdicts: expect.arrayContaining(["better"]) });
    // The slow run has too few transactions for a p99: nobody can say that it did not become worse.
    expect(better.verdicts).toContain("unknown");
    expect((await compare("after", "before", "--strict")).status).toBe(1);
    const same = await compare("before", "before");
    expect(same.status).toBe(0);
    const strictly = await compare("before", "before", "--strict");
    expect(strictly.status).toBe(isSure(strictly.verdicts) ? 0 : 1);
  });
});
