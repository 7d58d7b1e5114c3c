import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { theilSen, theilSenOfSeries } from "./theil-sen.ts";

test("slope, intercept and interval agree with SciPy, ties included", () => {
  for (const { values, confidence, slope, intercept, low, high } of reference.theilSen) {
    expect(theilSenOfSeries(values, confidence)).toMatchObject({
      slope: expect.closeTo(slope, 10),
      intercept: expect.closeTo(intercept, 10),
      low: expect.closeTo(low, 10),
      high: expect.closeTo(high, 10),
    });
  }
});

test("a gap takes its time: the slope stays", () => {
  expect(theilSenOfSeries([0, 2, null, null, 8, 10, Number.NaN, 14])).toMatchObject({
    slope: 2,
    n: 5,
  });
});

test("a wild point does not turn the line", () => {
  expect(theilSenOfSeries([1, 2, 3, 4, 1e9, 6, 7, 8, 9])).toMatchObject({ slope: 1 });
});

test("a long series is averaged in blocks and keeps its slope", () => {
  const slope = theilSenOfSeries(Array.from({ length: 10_000 }, (_, i) => 3 * i));
  expect(slope).toMatchObject({ slope: expect.closeTo(3, 9), block: 7 });
});

test("is unknown of two points, and where all have the same x", () => {
  expect(theilSenOfSeries([1, null, 2])).toEqual({
    is: "unknown",
    because: "A slope needs 3 points, and there are 2.",
  });
  expect(theilSen([1, 2, 3].map((y) => ({ x: 5, y })))).toMatchObject({ is: "unknown" });
});
