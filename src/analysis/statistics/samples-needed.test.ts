import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { runsForHalfWidth, samplesForQuantile, whyNotPrintable } from "./samples-needed.ts";

test("a bound exists from 72, 368 and 3688 samples, and is printed from 200, 1000 and 10,000", () => {
  expect([0.95, 0.99, 0.999].map((p) => samplesForQuantile(p))).toEqual([
    { boundFrom: 72, printFrom: 200 },
    { boundFrom: 368, printFrom: 1000 },
    { boundFrom: 3688, printFrom: 10_000 },
  ]);
});

test("says why a quantile may not be printed, and nothing where it may", () => {
  expect(whyNotPrintable(0.999, 9999)).toBe(
    "9999 samples are too few for p99.9: 10000 are needed.",
  );
  expect(whyNotPrintable(0.999, 10_000)).toBeNull();
  expect(whyNotPrintable(1, 10)).toContain("between 0 and 1");
});

test("runs for a half-width agree with SciPy", () => {
  for (const { variation, halfWidth, runs } of reference.runsNeeded) {
    expect(runsForHalfWidth({ variation, halfWidth })).toBe(runs);
  }
});

test("is null where no number of runs would do, or nothing was asked", () => {
  expect(runsForHalfWidth({ variation: 10, halfWidth: 0.0001 })).toBeNull();
  expect(runsForHalfWidth({ variation: Number.NaN, halfWidth: 0.1 })).toBeNull();
  expect(runsForHalfWidth({ variation: 0.1, halfWidth: 0 })).toBeNull();
});
