import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { changePoints } from "./change-points.ts";

test("finds what Apache Otava finds, with NumPy's means and SciPy's p-values", () => {
  for (const { name, values, at, meansBefore, meansAfter, pValues } of reference.otava) {
    const found = changePoints(values);
    expect({ name, at: found.map((one) => one.at) }).toEqual({ name, at });
    expect(found.map(({ meanBefore }) => meanBefore)).toEqual(
      meansBefore.map((m) => expect.closeTo(m, 8)),
    );
    expect(found.map(({ meanAfter }) => meanAfter)).toEqual(
      meansAfter.map((m) => expect.closeTo(m, 8)),
    );
    found.forEach(({ pValue }, i) =>
      expect(Math.log(pValue) / Math.log(pValues[i]!)).toBeCloseTo(1, 6),
    );
  }
});

test("places a change in the series with its gaps", () => {
  const { values } = reference.otava.find(({ name }) => name === "one step")!;
  const found = changePoints([null, null, Number.NaN, ...values]);
  expect(found.map(({ at }) => at)).toEqual([63]);
});

test("a step without any noise is found", () => {
  const series = Array.from({ length: 40 }, (_, i) => (i < 20 ? 10 : 20));
  expect(changePoints(series)).toMatchObject([{ at: 20, changeShare: 1, pValue: 0 }]);
});

test("a side with fewer than five readings has no level, so no change is told", () => {
  expect(changePoints([10, 10, 11, 10, 10, 11, 10, 90, 91, 90])).toEqual([]);
  expect(changePoints([])).toEqual([]);
  expect(changePoints([3])).toEqual([]);
});
