import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { RunComparison } from "../../../src/analysis/compare/compare-runs.ts";
import { readRecord } from "../../../src/record/read-record.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { makeSite, runProgram } from "../../support/program.ts";

const EXPERIMENT = `
metadata: { name: compare }
target:
  local: { postgresql: { version: 15, from: machine } }
stages:
  - compare:
      workload: { native: { builtin: select-only, scale: 1 } }
      variants:
        plain: {}
        slow: { workload: { native: { scripts: [{ file: slow.sql }], scale: 1 } } }
        small: { parameters: { work_mem: 64kB, shared_buffers: 32MB } }
      clients: 2
      pairs: 4
      control: 2
      duration: 1s
      warmup: 200ms
      cooldown: 0s
      between: keep
`;
/** A small part of the speed: 20 ms of sleep on top of a lookup. */
const SLOW =
  "\\set aid random(1, 100000)\nselect abalance, pg_sleep(0.02) from pgbench_accounts where aid = :aid;\n";

test(
  "a stage puts settings and scripts in force by turns, and tells a slower script from the plain one",
  { timeout: 300_000 },
  async () => {
    const site = makeSite();
    writeFileSync(path.join(site, "compare.yaml"), EXPERIMENT);
    writeFileSync(path.join(site, "slow.sql"), SLOW);
    const run = await runProgram(site, ["run", "compare.yaml", "--format", "json"]);
    const { comparisons } = JSON.parse(run.stdout) as ReportModel;
    const [comparison] = comparisons;
    const slow = comparison!.metrics.find(
      ({ variant, metric }) => variant === "slow" && metric === "throughput",
    );
    expect(slow!.result).toMatchObject({ is: "compared", verdict: "worse" });
    expect(slow!.value! / slow!.baseline!).toBeLessThan(0.5);
    const record = await readRecord(path.join(site, "runs/latest"));
    // shared_buffers needs a restart: each change of it is one, and none is inside of a trial.
    const { trials } = record.manifest.plan;
    const changes = trials.filter(
      ({ parameters }, i) =>
        JSON.stringify(parameters) !== JSON.stringify(trials[i - 1]?.parameters ?? {}),
    );
    expect(changes.length).toBeGreaterThan(1);
    const log = record.probes.get("pg-server")!.on.get("pg1")!.values.get("startedEpochMs")!;
    expect(new Set(log.filter((value) => value !== null)).size).toBeGreaterThan(1);
    expect(record.events.filter(({ kind }) => kind === "trial-ended")).toHaveLength(trials.length);

    const [name] = readdirSync(path.join(site, "runs")).filter((file) => file !== "latest");
    const folder = path.join(site, "runs", name!);
    const same = await runProgram(site, ["compare", folder, folder, "--format", "json"]);
    expect(same.status).toBe(0);
    const { points, differences } = JSON.parse(same.stdout) as RunComparison;
    expect(differences).toEqual([]);
    for (const { result } of points) {
      if (result.is === "compared") expect(result.ratio).toBe(1);
    }
    expect(readFileSync(path.join(folder, "report.html"), "utf8")).toContain("Comparison");
  },
);

const MATRIX = `
metadata: { name: matrix }
target:
  local: { postgresql: { version: 18 } }
stages:
  - compare:
      workload: { native: { scripts: [{ file: on-18.sql }], scale: 1 } }
      variants:
        new: {}
        new-slow: { workload: { native: { scripts: [{ file: slow-on-18.sql }], scale: 1 } } }
        old: { version: 15, workload: { native: { scripts: [{ file: on-15.sql }], scale: 1 } } }
        old-small:
          version: 15
          parameters: { work_mem: 64kB }
          workload: { native: { scripts: [{ file: small-on-15.sql }], scale: 1 } }
      clients: 8
      pairs: 3
      control: 0
      duration: 1s
      warmup: 200ms
      cooldown: 0s
`;
/** Fails where `condition` does not hold, on any other major version, and without its data. */
const onlyOn = (major: number, sleepS: number, condition = "true") =>
  `select pg_sleep(${sleepS}), 1 / (count(*) > 0 and ${condition} and current_setting('server_version_num')::int / 10000 = ${major})::int from pgbench_branches;\n`;

test(
  "settings, versions and scripts are one matrix: each with its own server and data, all comparisons one family",
  { timeout: 300_000 },
  async () => {
    const site = makeSite();
    writeFileSync(path.join(site, "matrix.yaml"), MATRIX);
    const scripts = {
      "on-18.sql": onlyOn(18, 0.004),
      "slow-on-18.sql": onlyOn(18, 0.04),
      "on-15.sql": onlyOn(15, 0.004),
      "small-on-15.sql": onlyOn(15, 0.04, "current_setting('work_mem') = '64kB'"),
    };
    for (const [file, text] of Object.entries(scripts)) {
      writeFileSync(path.join(site, file), text);
    }
    const run = await runProgram(site, ["run", "matrix.yaml", "--format", "json"]);
    const record = await readRecord(path.join(site, "runs/latest"));
    const ended = record.events.filter((event) => event.kind === "trial-ended");
    expect(ended).toHaveLength(12);
    for (const { outcome } of ended) {
      expect(outcome.failed).toBe(0);
      expect(outcome.transactions).toBeGreaterThan(0);
    }
    const notes = record.events.flatMap((event) => (event.kind === "note" ? [event.text] : []));
    expect(notes.join("\n")).toMatch(/PostgreSQL 15\.\d+, .+, is used for version 15\./);

    const model = JSON.parse(run.stdout) as ReportModel;
    const { metrics, control } = model.comparisons[0]!;
    expect(control.is).toBe("not-done");
    expect(metrics.map(({ variant, metric }) => `${variant} ${metric}`)).toEqual(
      ["new-slow", "old", "old-small"].flatMap((name) => [`${name} throughput`, `${name} p99`]),
    );
    const family = metrics.flatMap(({ result }) => (result.is === "compared" ? [result] : []));
    expect(family.length).toBeGreaterThanOrEqual(3);
    // Holm's: the smallest p-value is held against all comparisons of the run, and none is made smaller.
    const smallest = Math.min(...family.map(({ pValue }) => pValue));
    const held = family.find(({ pValue }) => pValue === smallest)!;
    expect(held.adjustedPValue).toBeCloseTo(smallest * family.length, 12);
    for (const { pValue, adjustedPValue, verdict } of family) {
      expect(adjustedPValue).toBeGreaterThanOrEqual(pValue);
      if (verdict === "better" || verdict === "worse") expect(adjustedPValue).toBeLessThan(0.025);
    }
    const throughputOf = (name: string) =>
      metrics.find(({ variant, metric }) => variant === name && metric === "throughput")!.result;
    expect(throughputOf("new-slow")).toMatchObject({ verdict: "worse" });
    expect(throughputOf("old-small")).toMatchObject({ verdict: "worse" });
    // What was asked was answered: a variant that is worse is no failure, with `--strict` or without.
    const status = async (...strict: readonly string[]) =>
      (await runProgram(site, ["report", "runs/latest", ...strict])).status;
    expect([run.status, await status()]).toEqual([0, 0]);
    expect(await status("--strict")).toBe(model.verdict === "unknown" ? 1 : 0);
  },
);
