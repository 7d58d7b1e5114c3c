import { expect, test } from "vitest";
import { noisy } from "../../../test/reference/noise.ts";
import { steadyState } from "./steady-state.ts";

const judge = (throughputTps: (number | null)[], latencyMsP95: (number | null)[] | null = null) =>
  steadyState({ throughputTps, latencyMsP95 });
const level = () => 1000;

/** Share of seeds at which a shape is given one of these states. */
function shareOf(states: string[], shape: (s: number) => number, options: Options): number {
  const { seconds, variation, correlation = 0, seeds = 20 } = options;
  const hits = Array.from({ length: seeds }, (_, seed) =>
    states.includes(judge(noisy(seed, shape, { seconds, variation, correlation })).state),
  );
  return hits.filter(Boolean).length / seeds;
}

interface Options {
  readonly seconds: number;
  readonly variation: number;
  readonly correlation?: number;
  readonly seeds?: number;
}

test("a level series is steady, with noise of ten per cent and correlated", () => {
  expect(shareOf(["steady"], level, { seconds: 120, variation: 0.1 })).toBeGreaterThanOrEqual(0.95);
  const correlated = { seconds: 300, variation: 0.1, correlation: 0.6, seeds: 10 };
  expect(shareOf(["steady"], level, correlated)).toBeGreaterThanOrEqual(0.9);
});

test("a level series is hardly ever accused of drift", () => {
  const states = ["warming", "drifting-down", "unstable", "periodic"];
  const noise = { variation: 0.1, seeds: 60 };
  expect(shareOf(states, level, { seconds: 60, ...noise })).toBeLessThanOrEqual(0.05);
  expect(shareOf(states, level, { seconds: 8, ...noise })).toBeLessThanOrEqual(0.05);
});

test("a warm-up that ends is cut off, and the rest is steady", () => {
  const found = judge(noisy(1, (s) => (s < 20 ? 600 : 1000), { seconds: 120, variation: 0.05 }));
  expect(found).toMatchObject({ state: "steady", isQuick: false });
  expect(found.cutS).toBeGreaterThanOrEqual(20);
  expect(found.cutS).toBeLessThanOrEqual(40);
});

test("a warm-up that does not end is warming", () => {
  const slow = (s: number) => 1000 * (1 - 0.6 * Math.exp(-s / 100));
  expect(shareOf(["warming"], slow, { seconds: 120, variation: 0.03 })).toBe(1);
});

test("a slow decline and a fall in the middle are drifting down", () => {
  const decline = (s: number) => 1000 - s;
  expect(shareOf(["drifting-down"], decline, { seconds: 300, variation: 0.05, seeds: 8 })).toBe(1);
  const fall = (s: number) => (s < 72 ? 1000 : 500);
  expect(shareOf(["drifting-down"], fall, { seconds: 120, variation: 0.1 })).toBe(1);
});

test("a decline that noise could hide is not called steady", () => {
  const decline = (s: number) => 1000 * (1 - s / 300);
  expect(shareOf(["steady"], decline, { seconds: 60, variation: 0.1 })).toBeLessThanOrEqual(0.2);
});

test("the dips after checkpoints are periodic, at their period", () => {
  const dips = (s: number) => (s % 60 < 20 ? 550 : 1000);
  const found = judge(noisy(3, dips, { seconds: 310, variation: 0.05 }));
  expect(found).toMatchObject({ state: "periodic", cutS: 10, periodS: 60 });
});

test("a cycle seen twice, and a level left and reached again, are unstable", () => {
  const swings = (s: number) => (Math.floor(s / 30) % 2 === 1 ? 1000 : 600);
  expect(shareOf(["unstable"], swings, { seconds: 120, variation: 0.05 })).toBe(1);
});

test("seconds without a completion make a run unstable; a gap is no such second", () => {
  const values: (number | null)[] = noisy(5, level, { seconds: 60, variation: 0.05 });
  const halted = values.map((value, s) => (s >= 20 && s < 26 ? 0 : value));
  expect(judge(halted)).toMatchObject({
    state: "unstable",
    because: "Nothing was completed in 6 of 60 seconds.",
  });
  const gaps = values.map((value, s) => (s >= 20 && s < 26 ? null : value));
  expect(judge(gaps).state).toBe("steady");
  expect(judge(values.map(() => 0)).state).toBe("unstable");
});

test("a p95 that climbs while throughput holds is drifting down", () => {
  const latency = noisy(7, (s) => 10 + s / 10, { seconds: 120, variation: 0.05 });
  const found = judge(noisy(8, level, { seconds: 120, variation: 0.02 }), latency);
  expect(found.state).toBe("drifting-down");
  expect(found.because).toContain("p95");
});

test("a quick window says what it could hide", () => {
  const found = judge([1000, 1010, 990, 1004, 996, 1002, 1007, 995]);
  expect(found).toMatchObject({ state: "steady", isQuick: true, cutS: 0 });
  expect(found.because).toMatch(/^No drift within 8 s, which could hide one of [\d.]+ %\.$/);
  expect(judge([400, 600, 700, 850, 1000, 1150, 1300])).toMatchObject({
    state: "warming",
    isQuick: true,
  });
  expect(judge([1000, 600, 1400, 800, 1200]).state).toBe("unknown");
});

test("is unknown of four seconds, of none, and of a series full of gaps", () => {
  expect(judge([1, 2, 3, 4])).toMatchObject({
    state: "unknown",
    because: "4 s were read; 5 s are needed.",
  });
  expect(judge([]).state).toBe("unknown");
  const holes = noisy(9, level, { seconds: 90, variation: 0.02 }).map((value, s) =>
    s % 4 === 0 ? Number.NaN : value,
  );
  expect(judge(holes)).toMatchObject({ state: "unknown", because: "23 of 90 seconds are gaps." });
});
