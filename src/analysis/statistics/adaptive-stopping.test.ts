import { expect, test } from "vitest";
import { decideStopping } from "./adaptive-stopping.ts";

const state = (runs: (number | null)[], elapsedMs = 0) => ({ runs, elapsedMs, nextRunMs: 60_000 });
const rule = { targetShare: 0.02 };

test("goes on below five runs, however close they lie", () => {
  expect(decideStopping(state([100, 100, 100, 100]), rule)).toMatchObject({
    decision: "continue",
    reason: "too-few",
  });
});

test("stops as soon as the interval is tight, and says how tight", () => {
  expect(decideStopping(state([100, 101, 99, 100, 100.5]), rule)).toEqual({
    decision: "stop",
    reason: "precise",
    achievedShare: expect.closeTo(0.0092, 3),
    runsMissing: 0,
    because: "±0.92 % after 5 runs, ±2 % wanted.",
  });
});

test("tells how many more runs the target takes", () => {
  const found = decideStopping(state([100, 110, 92, 104, 95]), rule);
  expect(found).toMatchObject({ decision: "continue", reason: "not-precise" });
  expect(found.runsMissing).toBeGreaterThan(40);
});

test("stops where one more run does not fit into the budget, and at the limit of runs", () => {
  const noisy = [100, 110, 92, 104, 95];
  expect(decideStopping(state(noisy, 250_000), { ...rule, budgetMs: 300_000 })).toMatchObject({
    decision: "stop",
    reason: "budget",
  });
  expect(decideStopping(state(noisy, 230_000), { ...rule, budgetMs: 300_000 })).toMatchObject({
    decision: "continue",
  });
  expect(decideStopping(state(noisy), { ...rule, runsMax: 5 })).toMatchObject({
    decision: "stop",
    reason: "runs-max",
  });
});

test("runs that never give a value end at the limit, too", () => {
  const found = decideStopping(state([null, null, null, null, null]), { ...rule, runsMax: 5 });
  expect(found).toMatchObject({
    decision: "stop",
    reason: "runs-max",
    achievedShare: null,
    runsMissing: null,
  });
});
