import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { pairedRatio } from "./paired-ratio.ts";

const higher = { betterIs: "higher" } as const;

test("ratio, interval, p-values and detectable effect agree with SciPy", () => {
  const { a, b, ratio, low, high, pValue, equivalencePValue, riseShare } = reference.paired;
  expect(pairedRatio(a, b, higher)).toMatchObject({
    verdict: "worse",
    ratio: expect.closeTo(ratio, 10),
    low: expect.closeTo(low, 10),
    high: expect.closeTo(high, 10),
    pValue: expect.closeTo(pValue, 10),
    equivalencePValue: expect.closeTo(equivalencePValue, 10),
    detectable: { riseShare: expect.closeTo(riseShare, 10) },
    pairs: 8,
  });
});

test("more latency is worse, more throughput is better", () => {
  const [a, b] = [
    [100, 101, 99],
    [120, 122, 119],
  ];
  expect(pairedRatio(a, b, higher)).toMatchObject({ verdict: "better" });
  expect(pairedRatio(a, b, { betterIs: "lower" })).toMatchObject({ verdict: "worse" });
});

test("says equivalent only where the whole interval is within three per cent", () => {
  expect(pairedRatio([100, 101, 99, 100], [100.5, 101, 99.4, 100.2], higher)).toMatchObject({
    verdict: "equivalent",
  });
  expect(pairedRatio([100, 110, 95, 100], [102, 107, 99, 96], higher)).toMatchObject({
    verdict: "cannot-distinguish",
  });
});

test("an effect that is certain but too small to matter is neither better nor worse", () => {
  const found = pairedRatio([100, 100, 100], [102.5, 102.1, 102.9], {
    ...higher,
    relevantShare: 0.027,
  });
  expect(found).toMatchObject({
    verdict: "cannot-distinguish",
    because: expect.stringContaining("not surely a relevant"),
  });
});

test("leaves out a pair with a gap or without a positive value, and says how many are whole", () => {
  expect(pairedRatio([100, null, 100, 0, 100], [110, 5, 112, 7, 109], higher)).toMatchObject({
    pairs: 3,
  });
  expect(pairedRatio([100, null], [110, 120], higher)).toEqual({
    is: "unknown",
    because: "A comparison needs 2 whole pairs; 1 of 2 are.",
  });
  expect(pairedRatio([100], [110, 120], higher)).toMatchObject({ is: "unknown" });
});

test("tells the pairs that the smallest relevant effect would take", () => {
  const found = pairedRatio([100, 120, 90, 105], [104, 110, 99, 100], higher);
  if (found.is === "unknown") throw new Error(found.because);
  const { logDeviation, pairsNeeded } = found;
  // About (2.24 + 0.84)² · s² / ln(1.03)², and a little more for Student's t.
  expect(pairsNeeded! / ((3.083 * logDeviation) / Math.log(1.03)) ** 2).toBeCloseTo(1.02, 1);
});
