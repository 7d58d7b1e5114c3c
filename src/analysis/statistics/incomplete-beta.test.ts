import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { binomialCdf, binomialQuantile, logGamma } from "./incomplete-beta.ts";

test("the logarithm of gamma agrees with SciPy", () => {
  for (const { x, value } of reference.logGamma) expect(logGamma(x)).toBeCloseTo(value, 9);
});

test("the binomial sums to what counting gives", () => {
  expect([0, 1, 2, 3].map((k) => binomialCdf(k, 3, 0.5) * 8)).toEqual(
    [1, 4, 7, 8].map((n) => expect.closeTo(n, 12)),
  );
  expect(binomialCdf(-1, 3, 0.5)).toBe(0);
});

test("a quantile on the very edge of a step is that step", () => {
  expect(binomialQuantile(0.125, 3, 0.5)).toBe(0);
  expect(binomialQuantile(0.1250001, 3, 0.5)).toBe(1);
});
