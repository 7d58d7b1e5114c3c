import { expect, test } from "vitest";
import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import { judgedLoads } from "../../src/findings/windows.ts";
import type { LadderStage } from "../../src/stages/ladder/schema.ts";
import type { ObserveStage } from "../../src/stages/observe/schema.ts";
import { readSimulated, simulate } from "../support/simulate.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";

const SERVER = { lambdaTps: 900, alpha: 0.05, beta: 0.0006, noise: 0.02 };
const OBSERVE: ObserveStage = { kind: "observe", forMs: 20_000 };
const LADDER: LadderStage = {
  kind: "ladder",
  workloads: [{ id: "absent", options: {} }],
  clients: [4],
  ratesTps: null,
  windowMs: 4000,
  warmupMs: 1000,
  cooldownMs: 500,
  repetitions: 1,
  between: "restore",
  order: "shuffled",
  adaptive: false,
  precisionShare: null,
  budgetMs: null,
};

test("a stage that watches puts no load on, and its time is a window of its own", async () => {
  const run = await simulate(1, { stages: [LADDER, OBSERVE], server: SERVER });
  expect(run.error).toBeNull();
  const record = await readSimulated(run);
  const analysis = analyzeRecord(record, STAGE_ANALYSES);
  expect(analysis.trials.map(({ planned }) => planned.stageKind)).toEqual(["ladder"]);
  const [{ window, title }] = analysis.observations as [(typeof analysis.observations)[number]];
  expect(window!.endMs - window!.startMs).toBe(20_000);
  expect(title).toBe("watched in stage 2");
  const inWindow = record.events.filter(
    ({ kind, atMs }) => kind === "trial-started" && atMs > window!.startMs,
  );
  expect(inWindow).toEqual([]);
  expect(judgedLoads(record, analysis).map(({ at }) => at)).toEqual([
    "absent, 4 clients",
    "watched in stage 2",
  ]);
});

test("a run that was stopped while it watched watches again when it is resumed", async () => {
  const stages = [LADDER, OBSERVE];
  const stopped = await simulate(2, { stages, server: SERVER, stopInTrial: 2 });
  expect(stopped.error).not.toBeNull();
  // What was seen until then is a window all the same.
  const [cut] = analyzeRecord(await readSimulated(stopped), STAGE_ANALYSES).observations;
  expect(cut!.window!.endMs - cut!.window!.startMs).toBe(2000);
  const resumed = await simulate(2, { stages, server: SERVER, resumed: stopped });
  expect(resumed.error).toBeNull();
  const [observation] = analyzeRecord(await readSimulated(resumed), STAGE_ANALYSES).observations;
  expect(observation!.window!.endMs - observation!.window!.startMs).toBe(20_000);
});
