import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { signedRank } from "./wilcoxon.ts";

test("p, estimate and interval agree with SciPy and with enumeration, ties included", () => {
  for (const { values, pValue, estimate, bounds } of reference.wilcoxon) {
    const found = signedRank(values);
    if (bounds === null) {
      expect(found).toMatchObject({ is: "unknown" });
      continue;
    }
    expect(found).toMatchObject({
      pValue: expect.closeTo(pValue, 10),
      estimate: expect.closeTo(estimate, 10),
      low: expect.closeTo(bounds[0]!, 10),
      high: expect.closeTo(bounds[1]!, 10),
    });
  }
});

test("the approximation for many pairs meets the exact figures", () => {
  const differences = (n: number) =>
    Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) + 0.1);
  const exact = signedRank(differences(300));
  const approximate = signedRank(differences(301));
  if (exact.is === "unknown" || approximate.is === "unknown") throw new Error("expected figures");
  expect(approximate.low).toBeCloseTo(exact.low, 1);
  expect(approximate.coverage).toBeCloseTo(exact.coverage, 2);
  expect(approximate.pValue).toBeCloseTo(exact.pValue, 1);
});

test("is unknown of five pairs and of none", () => {
  expect(signedRank([1, 2, 3, 4, 5])).toEqual({
    is: "unknown",
    because: "5 pairs are too few for a 95 % signed-rank interval.",
  });
  expect(signedRank([null])).toMatchObject({ is: "unknown" });
});
