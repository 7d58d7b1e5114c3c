import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { holmAdjust, judgeFamily } from "./family.ts";
import { pairedRatio } from "./paired-ratio.ts";

test("adjusts as Holm does, and leaves what was not compared out of the count", () => {
  const { pValues, adjusted } = reference.holm;
  const expected = adjusted.map((p) => expect.closeTo(p, 10));
  expect(holmAdjust(pValues)).toEqual(expected);
  expect(holmAdjust([null, ...pValues])).toEqual([null, ...expected]);
});

test("a difference that was one of twenty looks needs to be clearer than one alone", () => {
  const compare = (b: number[]) => {
    const found = pairedRatio([100, 100, 100, 100], b, { betterIs: "higher" });
    if (found.is === "unknown") throw new Error(found.because);
    return found;
  };
  const faint = compare([104, 107, 109, 103.5]);
  const nothing = compare([97, 106, 95, 103]);
  expect(faint.verdict).toBe("better");
  const family = judgeFamily([faint, ...Array.from({ length: 19 }, () => nothing)]);
  expect(family[0]).toMatchObject({
    verdict: "cannot-distinguish",
    because: expect.stringContaining("Among 20 comparisons"),
  });
  expect(judgeFamily([faint])[0]).toMatchObject({
    verdict: "better",
    adjustedPValue: faint.pValue,
  });
});
