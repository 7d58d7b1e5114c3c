import { expect, test } from "vitest";
import { thinSeries } from "./thin-series.ts";

const line = (v: readonly (number | null)[]) => ({
  name: "a",
  unit: "tps",
  t: v.map((_, i) => i * 1000),
  v,
});

test("leaves a short line as it is", () => {
  const short = line([1, null, 3]);
  expect(thinSeries(short)).toBe(short);
});

test("keeps every spike and every dip of a long line", () => {
  const v = Array.from({ length: 10_000 }, (_, i) => (i === 7777 ? 900 : i === 1234 ? -5 : 10));
  const thin = thinSeries(line(v));
  expect(thin.v.length).toBeLessThanOrEqual(1500);
  expect(Math.max(...(thin.v as number[]))).toBe(900);
  expect(thin.t[thin.v.indexOf(900)]).toBe(7_777_000);
  expect(Math.min(...(thin.v as number[]))).toBe(-5);
  expect(thin.t).toEqual([...thin.t].sort((a, b) => a - b));
});

test("keeps a long gap a gap", () => {
  const v = Array.from({ length: 6000 }, (_, i) => (i < 3000 ? null : 1));
  const thin = thinSeries(line(v));
  expect(thin.v.slice(0, 375).every((value) => value === null)).toBe(true);
  expect(thin.v.slice(375).every((value) => value === 1)).toBe(true);
});
