import { expect, test } from "vitest";
import { pairedRatio } from "../statistics/paired-ratio.ts";
import { concludeHypothesis } from "./conclude-hypothesis.ts";
import type { ControlResult } from "./model.ts";

const SAME: ControlResult = { is: "same", because: "", metrics: [] };
const PREDICTED = { metric: "throughput", direction: "higher", ratio: 2, bound: 1.25 } as const;
const A = [100, 103, 98, 101];
/** Four pairs in which the change made each of `factors`. */
const conclude = (factors: readonly number[], control = SAME) =>
  concludeHypothesis(
    PREDICTED,
    pairedRatio(
      A,
      A.map((value, i) => value * factors[i]!),
      { betterIs: "higher" },
    ),
    control,
  ).is;

test("is confirmed where the change did a good part of what was predicted, and refuted where surely not", () => {
  expect(conclude([1.7, 1.75, 1.68, 1.72])).toBe("confirmed");
  expect(conclude([1.01, 1.0, 1.02, 0.99])).toBe("refuted");
  expect(conclude([0.5, 0.52, 0.49, 0.51])).toBe("refuted");
  // An effect, but surely less than a quarter of what the cause is said to cost.
  expect(conclude([1.1, 1.11, 1.1, 1.12])).toBe("refuted");
});

test("stays undecided where the interval is wide, where the control differs, and without pairs", () => {
  expect(conclude([0.8, 2.4, 1.1, 1.6])).toBe("undecided");
  expect(conclude([1.7, 1.75, 1.68, 1.72], { ...SAME, is: "different" })).toBe("undecided");
  const none = pairedRatio([1], [2], { betterIs: "higher" });
  expect(concludeHypothesis(PREDICTED, none, SAME)).toMatchObject({ is: "undecided", ratio: null });
});

test("a figure that must fall is held to it the other way round", () => {
  const less = {
    metric: "wal-per-transaction",
    direction: "lower",
    ratio: 0.5,
    bound: 0.9,
  } as const;
  const fell = pairedRatio(
    A,
    A.map((value) => value * 0.6),
    { betterIs: "lower" },
  );
  expect(concludeHypothesis(less, fell, SAME).is).toBe("confirmed");
  const stayed = pairedRatio(A, [100.1, 102.9, 98.2, 101], { betterIs: "lower" });
  expect(concludeHypothesis(less, stayed, SAME).is).toBe("refuted");
});
