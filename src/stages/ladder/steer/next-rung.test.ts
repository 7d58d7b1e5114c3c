import { expect, test } from "vitest";
import { nextRung, type RungPlan } from "./next-rung.ts";

const PLAN: RungPlan = {
  clients: [1, 2, 4, 8, 16],
  precisionShare: 0.02,
  runsMin: 3,
  runsMax: 10,
  trialsMax: 50,
  budgetMs: null,
  trialMs: 1000,
  wholeMs: null,
};
const rungs = (values: Readonly<Record<number, readonly (number | null)[]>>) =>
  PLAN.clients.map((clients) => ({ clients, values: values[clients] ?? [] }));
const next = (values: Parameters<typeof rungs>[0], plan: Partial<RungPlan> = {}) => {
  const step = nextRung({ ...PLAN, ...plan }, rungs(values));
  return step.is === "done" ? step.because : step.clients;
};

test("climbs from the middle, and looks no further than past the peak", () => {
  expect(next({})).toBe(4);
  expect(next({ 4: [400] })).toBe(8);
  expect(next({ 4: [400], 8: [500] })).toBe(16);
  // Beyond 16 there is nothing, and below 4 nothing can be better: the best gets its repetitions.
  expect(next({ 4: [400], 8: [500], 16: [300] })).toBe(8);
});

test("goes down while the rung below may be the knee", () => {
  expect(next({ 2: [495], 4: [500], 8: [300] })).toBe(1);
  expect(next({ 1: [200], 2: [495], 4: [500], 8: [300] })).toBe(4);
});

test("after looks, what came close is measured over the whole window, the best of it until it is tight", () => {
  const looks = rungs({ 2: [200], 4: [400], 8: [500], 16: [480] });
  const ask = (whole: Parameters<typeof rungs>[0], plan: Partial<RungPlan> = {}) =>
    nextRung({ ...PLAN, wholeMs: 4000, ...plan }, looks, rungs(whole));
  expect(ask({})).toMatchObject({ clients: 8, isWhole: true });
  expect(ask({ 8: [600] })).toMatchObject({ clients: 16, isWhole: true });
  // Over the whole window the other one is better, and 4 was never close.
  expect(ask({ 8: [500], 16: [600] })).toMatchObject({ clients: 16, isWhole: true });
  expect(ask({ 8: [500], 16: [600, 601, 599] })).toMatchObject({ is: "done" });
  // Four looks of a second, then one whole trial of four.
  expect(ask({}, { budgetMs: 8500 })).toMatchObject({ clients: 8 });
  expect(ask({ 8: [600] }, { budgetMs: 8500 }).because).toContain("time budget");
});

test("repeats what may yet be the best, and not what is beaten", () => {
  const seen = { 4: [300], 8: [500, 520, 480], 16: [505] };
  expect(next(seen)).toBe(16);
  expect(next({ ...seen, 16: [505, 500, 495], 8: [500, 501, 499] })).toContain("after 3 runs");
});

test("ends at its limits, and where nothing gives figures", () => {
  expect(next({ 4: [400] }, { trialsMax: 1 })).toBe("1 trials are the limit.");
  expect(next({ 4: [400] }, { budgetMs: 1500 })).toContain("time budget");
  expect(next({ 1: [null], 2: [null], 4: [null], 8: [null], 16: [null] })).toBe(
    "No rung gave any figures.",
  );
});
