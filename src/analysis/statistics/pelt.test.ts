import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { peltSegments } from "./pelt.ts";

test("finds the same segments as ruptures", () => {
  for (const { name, values, penalty, ends } of reference.pelt) {
    const found = peltSegments(values, { penalty }).map(({ end }) => end);
    expect({ name, penalty, ends: found }).toEqual({ name, penalty, ends });
  }
});

test("the default penalty is 15 ln(n)", () => {
  const { values, ends } = reference.pelt.find(
    ({ name, penalty }) => name === "three steps" && penalty > 80,
  )!;
  expect(peltSegments(values).map(({ end }) => end)).toEqual(ends);
});

test("a constant or a short series is one segment, nothing is none", () => {
  expect(peltSegments([7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7])).toEqual([
    { start: 0, end: 12, mean: 7, variance: 0 },
  ]);
  expect(peltSegments([1, 9])).toHaveLength(1);
  expect(peltSegments([])).toEqual([]);
});

test("a small change on a high level is not lost to rounding", () => {
  const values = Array.from({ length: 100 }, (_, i) => 1e9 + (i < 50 ? 0 : 10) + (i % 3));
  expect(peltSegments(values).map(({ end }) => end)).toEqual([50, 100]);
});
