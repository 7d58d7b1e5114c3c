import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { meanInterval } from "./confidence-interval.ts";

test("agrees with SciPy", () => {
  for (const { values, low, high } of reference.meanIntervals) {
    expect(meanInterval(values)).toMatchObject({
      low: expect.closeTo(low, 8),
      high: expect.closeTo(high, 8),
    });
  }
});

test("has no interval of fewer than two repetitions, gaps not counted", () => {
  expect(meanInterval([])).toBeNull();
  expect(meanInterval([100])).toBeNull();
  expect(meanInterval([100, null, Number.NaN, Infinity])).toBeNull();
});

test("leaves gaps out and says how many repetitions counted", () => {
  expect(meanInterval([10, null, 12])).toEqual(meanInterval([10, 12]));
  expect(meanInterval([10, null, 12])?.n).toBe(2);
});

test("a mean of 0 has no relative half-width", () => {
  expect(meanInterval([-1, 1])?.relativeHalfWidth).toBeNull();
});
