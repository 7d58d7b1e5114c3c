import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { normalQuantile, normalTail } from "./normal.ts";

test("the tail agrees with SciPy, far out too", () => {
  for (const { x, tail } of reference.normal) expect(normalTail(x) / tail).toBeCloseTo(1, 10);
});

test("the quantile is the inverse of the tail", () => {
  for (const p of [1e-9, 0.025, 0.5, 0.8, 0.999])
    expect(normalTail(-normalQuantile(p)!)).toBeCloseTo(p, 12);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
});

test("there is no quantile at 0, at 1 or of NaN", () => {
  expect([0, 1, -1, Number.NaN].map(normalQuantile)).toEqual([null, null, null, null]);
});
