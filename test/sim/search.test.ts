import { expect, test } from "vitest";
import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import type { LadderStage } from "../../src/stages/ladder/schema.ts";
import type { SearchStage } from "../../src/stages/search/schema.ts";
import { readSimulated, simulate } from "../support/simulate.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";

/** Its peak: 39.8 clients, 9,264 tps; at 32 of them 9,157; in an open loop p99 passes 10 ms where nine tenths are in use. */
const SERVER = { lambdaTps: 900, alpha: 0.05, beta: 0.0006, noise: 0.02 };

const SEARCH: SearchStage = {
  kind: "search",
  workload: { id: "absent", options: {} },
  until: { p50Ms: null, p95Ms: null, p99Ms: 20 },
  clients: [1, 2, 4, 8, 16, 32, 64],
  startTps: null,
  precisionShare: 0.05,
  windowMs: 10_000,
  closedWindowMs: 5000,
  confirmMs: 20_000,
  warmupMs: 1000,
  cooldownMs: 500,
  between: "restore",
  trialsMax: 40,
  budgetMs: null,
};

const LADDER: LadderStage = {
  kind: "ladder",
  workloads: [{ id: "absent", options: {} }],
  clients: [1, 2, 4, 8, 16, 32, 64],
  ratesTps: null,
  windowMs: 10_000,
  warmupMs: 2000,
  cooldownMs: 500,
  repetitions: 3,
  between: "restore",
  order: "shuffled",
  adaptive: true,
  precisionShare: 0.02,
  budgetMs: null,
};

test("finds the rate at which the objective ceases to hold, confirms it, and names what is smallest", async () => {
  const run = await simulate(1, { stages: [SEARCH], server: SERVER });
  expect(run.error).toBeNull();
  const record = await readSimulated(run);
  const [search] = analyzeRecord(record, STAGE_ANALYSES).searches;
  const { capacity, sloMax, sustainable, peak } = search!;
  expect(peak?.clients).toBe(32);
  expect(Math.abs(peak!.tps / 9157 - 1)).toBeLessThan(0.02);
  expect(capacity).toMatchObject({ number: "slo-max", isConfirmed: true });
  expect((sloMax.failedTps! - sloMax.tps!) / sloMax.tps!).toBeLessThanOrEqual(0.05);
  expect(sustainable.failedTps).toBeNull();
  expect(capacity!.tps).toBeLessThan(peak!.tps);
  const roles = record.manifest.plan.trials.map(({ role }) => role);
  expect(roles.slice(-2)).toEqual(["confirm", "margin"]);
  expect(roles.length).toBeLessThanOrEqual(16);
});

test("an interrupted search goes on as it would have, trial by trial", async () => {
  const whole = await readSimulated(await simulate(7, { stages: [SEARCH], server: SERVER }));
  const cut = await simulate(7, { stages: [SEARCH], server: SERVER, stopInTrial: 6 });
  expect((cut.error as Error).message).toBe("Ctrl-C");
  const resumed = await simulate(7, { stages: [SEARCH], server: SERVER, resumed: cut });
  const record = await readSimulated(resumed);
  const ids = (of: typeof record) => of.manifest.plan.trials.map(({ id }) => id);
  const ended = cut.files.get("events.ndjson")!.match(/"trial-ended"/g)?.length ?? 0;
  expect(ended).toBeGreaterThan(1);
  expect(ids(record).slice(0, ended + 1)).toEqual(ids(whole).slice(0, ended + 1));
  expect(record.manifest.status).toBe("finished");
  expect(new Set(ids(record)).size).toBe(ids(record).length);
});

test("an adaptive ladder gives beaten rungs no repetitions and the best ones enough", async () => {
  const run = await simulate(3, { stages: [LADDER], server: SERVER });
  expect(run.error).toBeNull();
  const record = await readSimulated(run);
  const [curve] = analyzeRecord(record, STAGE_ANALYSES).curves;
  const repetitions = Object.fromEntries(
    curve!.points.map(({ clients, trials }) => [clients, trials.length]),
  );
  expect(curve!.best!.clients).toBe(32);
  expect(repetitions[32]).toBeGreaterThanOrEqual(3);
  expect(repetitions[8] ?? 0).toBeLessThanOrEqual(1);
  expect(repetitions[1]).toBeUndefined();
  // Its figures are those of the whole windows, and the looks before them are none.
  const { throughputTps, trials } = curve!.best!;
  const whole = trials.filter(({ planned }) => planned.windowMs === LADDER.windowMs);
  expect(whole.length).toBeGreaterThanOrEqual(3);
  expect([throughputTps!.n, trials.length > whole.length]).toEqual([whole.length, true]);
  expect((throughputTps!.high! - throughputTps!.value) / throughputTps!.value).toBeLessThan(0.02);
});

test("a ladder with a wanted precision stops when it has it, or when its budget is spent", async () => {
  const precise = { ...LADDER, adaptive: false, clients: [4, 16] };
  const quiet = await readSimulated(await simulate(5, { stages: [precise], server: SERVER }));
  expect(quiet.manifest.plan.trials).toHaveLength(6);
  const loud = { stages: [{ ...precise, budgetMs: 300_000 }], server: { ...SERVER, noise: 0.6 } };
  const record = await readSimulated(await simulate(5, loud));
  const trials = record.manifest.plan.trials.length;
  expect(trials).toBeGreaterThan(6);
  expect(trials * 12_500).toBeLessThanOrEqual(300_000);
  expect(record.events.findLast(({ kind }) => kind === "note")).toMatchObject({
    text: expect.stringContaining("does not fit into the time budget"),
  });
});
