import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import type { HypothesisResult } from "../../../src/record/hypothesis.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { makeSite, runProgram, startProgram } from "../../support/program.ts";
import { withStage } from "../findings/stage.ts";

const EXPERIMENT = `
metadata: { name: hot }
target:
  local: { postgresql: { version: 15, from: machine } }
stages:
  - ladder:
      workload: { native: { scripts: [{ file: hot.sql }], scale: 1 } }
      clients: [2]
      duration: 2s
      warmup: 300ms
      cooldown: 0s
      repetitions: 1
`;
/** Two clients want the same branch: each holds it for some milliseconds. */
const changing = (branch: string) =>
  `\\set bid ${branch}\nbegin;\nupdate pgbench_branches set bbalance = bbalance + 1 where bid = :bid;\nselect pg_sleep(0.004);\nend;\n`;

interface Hot {
  readonly site: string;
  /** The record in which row contention was found. */
  readonly run: string;
}

async function runHot(branch: string): Promise<Hot> {
  const site = makeSite();
  writeFileSync(path.join(site, "hot.yaml"), EXPERIMENT);
  writeFileSync(path.join(site, "hot.sql"), changing(branch));
  const { stdout } = await runProgram(site, ["run", "hot.yaml", "--format", "json"]);
  const { run, findings } = JSON.parse(stdout) as ReportModel;
  const found = findings.find(({ id }) => id === "row-contention")!;
  expect(found).toMatchObject({ verdict: "fail", experiment: { workload: { scale: 20 } } });
  return { site, run: `runs/${run.id}` };
}

const testOf = (run: string) => ["test-hypothesis", run, "row-contention", "--pairs", "3"];

/** What the report of the run that made the finding says of its test. */
async function toldOf({ site, run }: Hot): Promise<readonly HypothesisResult[]> {
  const { stdout } = await runProgram(site, ["report", run, "--format", "json"]);
  const { findings } = JSON.parse(stdout) as ReportModel;
  return findings.find(({ id }) => id === "row-contention")!.tested ?? [];
}

test(
  "rows that are really wanted by all: with more of them it is faster, and the cause is confirmed",
  { timeout: 300_000 },
  async () => {
    const hot = await runHot("random(1, :scale)");
    const { status, stdout, stderr } = await runProgram(hot.site, testOf(hot.run));
    expect(stdout).toMatch(/^CONFIRMED {2}row-contention: scale 20/);
    expect([status, stderr.includes("Predicted: throughput must be at least")]).toEqual([0, true]);
    const [tested] = await toldOf(hot);
    expect(tested!.ratio!.low).toBeGreaterThan(1);
    const page = readFileSync(path.join(hot.site, hot.run, "report.html"), "utf8");
    expect(page).toContain("As predicted");
  },
);

test(
  "a row that stays the one that all want: more of others change nothing, and the cause is refuted, also after kill -9 in the middle",
  { timeout: 300_000 },
  async () => {
    const hot = await runHot("1");
    const program = startProgram(hot.site, testOf(hot.run));
    await program.untilItSays("[4/12]");
    program.kill("SIGKILL");
    await program.ended;
    expect(await toldOf(hot)).toEqual([]);
    const resumed = await runProgram(hot.site, ["resume", "runs/latest", "--format", "json"]);
    expect(resumed.stderr).toContain("hot-test: goes on after 3 trials.");
    expect(resumed.status).toBe(1);
    const result = JSON.parse(resumed.stdout) as HypothesisResult;
    expect(result.is).toBe("refuted");
    expect(await toldOf(hot)).toEqual([result]);
    const again = await runProgram(hot.site, ["resume", "runs/latest"]);
    expect([again.status, again.stderr.includes("no trial left")]).toEqual([2, true]);
  },
);

test(
  "what its owner mends is looked for again in what was watched after the change",
  { timeout: 180_000 },
  async () => {
    await withStage(async (stage) => {
      const primary = await stage.primary({
        segmentMb: 1,
        parameters: { archive_mode: "on" },
      });
      const setArchive = async (command: string) => {
        await primary.sql(`alter system set archive_command = '${command}'`);
        await primary.sql("select pg_reload_conf()");
      };
      await setArchive("exit 7");
      await stage.fill(primary, 1);
      stage.load(primary, ["-c", "2", "-R", "100"]);
      const site = makeSite();
      const watch = async () => {
        const args = ["observe", `--dsn=${primary.dsn()}`, "--for=6s", "--format=json"];
        const { stdout } = await runProgram(site, args);
        return JSON.parse(stdout) as ReportModel;
      };
      const before = await watch();
      const run = `runs/${before.run.id}`;
      const ask = (...more: string[]) =>
        runProgram(site, ["test-hypothesis", run, "archive-failing", ...more]);
      expect(before.next.join("\n")).toContain(
        `\`pgdyno test-hypothesis ${run} archive-failing --after runs/latest\``,
      );
      expect(await ask()).toMatchObject({ status: 2, stdout: "" });
      expect(await ask("--after", run)).toMatchObject({ status: 2, stdout: "" });

      await watch();
      const unchanged = await ask("--after", "runs/latest");
      expect([unchanged.status, unchanged.stdout]).toEqual([
        1,
        expect.stringMatching(/^REFUTED .+\nIt is still there: /),
      ]);
      await setArchive("true");
      // After a failure the archiver rests for up to a minute; a signal wakes it.
      await primary.sql("select pg_switch_wal()");
      await vi.waitFor(
        async () => {
          const sql = "select 1 from pg_stat_archiver where last_archived_time > last_failed_time";
          expect(await primary.sql(sql)).toHaveLength(1);
        },
        { timeout: 90_000, interval: 500 },
      );
      await watch();
      const mended = await ask("--after", "runs/latest");
      expect([mended.status, mended.stdout]).toEqual([
        0,
        expect.stringMatching(/^CONFIRMED .+\nIt is gone, as predicted: /),
      ]);
      const { stdout } = await runProgram(site, ["report", run, "--format", "md"]);
      expect(stdout).toContain(run);
      expect(readFileSync(path.join(site, run, "report.md"), "utf8")).toContain(
        "Tested by an `archive_command` that succeeds: confirmed.",
      );
    });
  },
);
