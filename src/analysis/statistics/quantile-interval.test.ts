import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { quantileInterval, quantileRanks } from "./quantile-interval.ts";

test("ranks agree with SciPy's binomial, and are missing where it has none", () => {
  for (const { n, quantile, ranks } of reference.quantileRanks) {
    const expected =
      ranks === null ? null : { ...ranks, coverage: expect.closeTo(ranks.coverage, 9) };
    expect({ n, quantile, ranks: quantileRanks(n, quantile) }).toEqual({
      n,
      quantile,
      ranks: expected,
    });
  }
});

test("five values give the range that was seen, and say that it is no interval", () => {
  expect(quantileInterval([5, 1, 4, 2, 3])).toEqual({
    is: "range",
    estimate: 3,
    low: 1,
    high: 5,
    n: 5,
    because: "5 values give no 95 % interval; this is the smallest and the largest.",
  });
});

test("six values give the smallest and the largest as an interval", () => {
  expect(quantileInterval([6, 5, 1, 4, null, 2, 3])).toMatchObject({
    is: "interval",
    estimate: 3.5,
    low: 1,
    high: 6,
    n: 6,
  });
});

test("is unknown without a value, or of no quantile", () => {
  expect(quantileInterval([null, Number.NaN])).toEqual({
    is: "unknown",
    because: "There is no value.",
  });
  expect(quantileInterval([1, 2], 2)).toMatchObject({ is: "unknown" });
});
