import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { studentTCdf, studentTQuantile, studentTTwoSided } from "./student-t.ts";

test("quantiles agree with SciPy to ten digits", () => {
  for (const { probability, freedom, quantile } of reference.studentT) {
    expect(studentTQuantile(probability, freedom)! / quantile).toBeCloseTo(1, 10);
  }
});

test("the distribution function agrees with SciPy", () => {
  for (const { t, freedom, cdf } of reference.studentTCdf) {
    expect(studentTCdf(t, freedom)).toBeCloseTo(cdf, 11);
  }
});

test("the two sides together are twice the tail", () => {
  expect(studentTTwoSided(-2.776445105, 4)).toBeCloseTo(0.05, 8);
  expect(studentTTwoSided(0, 4)).toBe(1);
});

test("gives null, not a number, outside of its domain", () => {
  const odd: [number, number][] = [
    [0, 5],
    [1, 5],
    [Number.NaN, 5],
    [0.975, 0],
    [0.975, -1],
    [0.975, Number.NaN],
  ];
  for (const [probability, freedom] of odd)
    expect(studentTQuantile(probability, freedom)).toBeNull();
  expect(studentTCdf(Number.NaN, 3)).toBeNull();
  expect(studentTTwoSided(1, 0)).toBeNull();
});
