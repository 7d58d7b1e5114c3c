import { expect, test } from "vitest";
import { recordOf } from "../../test/support/record.ts";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";
import { judgeRecord } from "./judge-record.ts";
import { archiveFailing } from "./rules/archive-failing.ts";
import { judgedLoads } from "./windows.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";

const SECONDS = 20;
const FAULT_MS = 8000;

/** One trial of twenty seconds, two of them warm-up, with a fault at eight. */
function failoverOnly(
  archiver: Readonly<Record<string, number>>,
  atFault: Partial<Readonly<Record<string, number>>> = {},
): RunRecord {
  const line = (name: string) =>
    Array.from({ length: SECONDS + 1 }, (_, s) =>
      s * 1000 > FAULT_MS ? (atFault[name] ?? archiver[name]!) : archiver[name]!,
    );
  const record = recordOf({
    trials: [{ tps: Array.from({ length: SECONDS }, () => 100), warmupS: 2, mode: "open" }],
    series: Object.fromEntries(
      Object.keys(archiver).map((name) => [`pg-archiver/${name}`, line(name)]),
    ),
    gauges: ["pg-archiver/isFailing", "pg-archiver/ready"],
  });
  const [trial] = record.manifest.plan.trials;
  const disturbed: PlannedTrial = {
    ...trial!,
    stageKind: "failover",
    disturbance: {
      kind: "failover",
      fault: "kill-primary",
      faultOptions: null,
      atMs: FAULT_MS,
      holdMs: 0,
      recoveryLimitMs: 1000,
    },
  };
  const plan = { ...record.manifest.plan, trials: [disturbed] };
  return { ...record, manifest: { ...record.manifest, plan } };
}

const judge = (record: RunRecord) =>
  judgeRecord(record, analyzeRecord(record, STAGE_ANALYSES), [archiveFailing]);
const WELL = { archived: 4, failed: 0, isFailing: 0, ready: 0 };
const BROKEN = { archived: 4, failed: 7, isFailing: 1, ready: 5 };

test("a run of failovers alone is looked at before each fault, warm-up and all", () => {
  const record = failoverOnly(WELL);
  const [load] = judgedLoads(record, analyzeRecord(record, STAGE_ANALYSES));
  expect(load!.windows.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([[0, FAULT_MS]]);
  expect(load!.at).toBe("before tpcb-like");
});

test("a broken archive is found in a run of failovers alone", () => {
  expect(judge(failoverOnly(BROKEN))[0]).toMatchObject({ id: "archive-failing", verdict: "fail" });
});

test("what goes wrong after the fault is the fault's doing, and no finding", () => {
  expect(judge(failoverOnly(WELL, BROKEN))[0]).toMatchObject({ verdict: "pass" });
});
