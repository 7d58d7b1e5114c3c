import { expect, test } from "vitest";
import type { PartContext } from "../../contracts/context.ts";
import { parseExperimentOrThrow } from "../../spec/parse-experiment.ts";
import { plannedTarget, SPEC_PARTS } from "../../../test/support/spec-parts.ts";
import { makePlan } from "../../plan/make-plan.ts";
import { renderPlan } from "../../plan/render-plan.ts";

function plan(stage: string, seed = "a") {
  const text = `seed: ${seed}\ntarget: { local: {} }\nstages: [{ ${stage} }]`;
  const { experiment } = parseExperimentOrThrow({ text, file: "a.yaml", ...SPEC_PARTS });
  const context = {} as PartContext; // These parts read nothing of their context.
  return makePlan({ experiment, target: plannedTarget, ...SPEC_PARTS, context });
}

test("a share of the maximum is calibrated first; every trial keeps a ledger", async () => {
  const { trials, quick } = await plan("failover: { trials: 2 }");
  expect(
    trials.map(({ id, mode, rateTps, rateShare, calibrates }) => ({
      id,
      mode,
      rateTps,
      rateShare,
      calibrates,
    })),
  ).toEqual([
    {
      id: "failover-1-kill-primary-calibration",
      mode: "closed",
      rateTps: null,
      rateShare: undefined,
      calibrates: true,
    },
    {
      id: "failover-1-kill-primary-r1",
      mode: "open",
      rateTps: null,
      rateShare: 0.7,
      calibrates: undefined,
    },
    {
      id: "failover-1-kill-primary-r2",
      mode: "open",
      rateTps: null,
      rateShare: 0.7,
      calibrates: undefined,
    },
  ]);
  for (const { workloadOptions } of trials) expect(workloadOptions).toMatchObject({ ledger: true });
  expect(quick).toBe(false);
});

test("stages with the same load are calibrated once, and say where; another load is its own", async () => {
  const { trials, stages } = await plan(
    "failover: { trials: 1 } }, { switchover: { trials: 1, load: 50% } }, { switchover: { trials: 1, clients: 4 }",
  );
  expect(trials.map(({ id, rateFromStage }) => [id, rateFromStage])).toEqual([
    ["failover-1-kill-primary-calibration", undefined],
    ["failover-1-kill-primary-r1", undefined],
    ["switchover-2-r1", 0],
    ["switchover-3-calibration", undefined],
    ["switchover-3-r1", undefined],
  ]);
  expect(stages.map(({ lines }) => lines[0])).toEqual([
    expect.stringContaining("70 % of what it reaches undisturbed, measured before"),
    expect.stringContaining("50 % of what it reaches undisturbed, as measured in stage 1"),
    expect.stringContaining("measured before"),
  ]);
});

test("a rate needs no calibration", async () => {
  const { trials } = await plan("switchover: { trials: 1, rate: 300tps }");
  expect(trials).toHaveLength(1);
  expect(trials[0]).toMatchObject({
    id: "switchover-1-r1",
    rateTps: 300,
    disturbance: { kind: "switchover", fault: null, holdMs: 0 },
  });
});

test("the fault comes between a fifth and a half of the window, elsewhere in each trial and for each seed", async () => {
  const instants = async (seed: string) =>
    (await plan("failover: { trials: 40, rate: 100, duration: 10s, warmup: 1s }", seed)).trials.map(
      ({ disturbance }) => disturbance!.atMs,
    );
  const one = await instants("a");
  expect(await instants("a")).toEqual(one);
  expect(await instants("b")).not.toEqual(one);
  expect(new Set(one).size).toBeGreaterThan(35);
  expect(Math.min(...one)).toBeGreaterThanOrEqual(3000);
  expect(Math.max(...one)).toBeLessThanOrEqual(6000);
});

test("says for people what will be broken, when, and how long it takes", async () => {
  const text = renderPlan(await plan("failover: { trials: 3, duration: 15s }"));
  expect(text.slice(text.indexOf("Stage 1"), text.indexOf("Time"))).toMatchInlineSnapshot(`
    "Stage 1: failover, 4 trials (1 point × 3), 1 min 23 s
      native: tpcb-like, scale 10, prepared
        {scale: 10, protocol: "prepared", ledger: true}
      open loop, 70 % of what it reaches undisturbed, measured before, on 8 connections; every write in a ledger
      3 × 3 s warm-up, 15 s load with one fault kill-primary at an instant drawn from the seed
      after each: at most 2 min until redundancy is whole, then every acknowledged write is looked for

    Order
      1. failover-1-kill-primary-calibration
      2. failover-1-kill-primary-r1
      3. failover-1-kill-primary-r2
      4. failover-1-kill-primary-r3

    "
  `);
});
