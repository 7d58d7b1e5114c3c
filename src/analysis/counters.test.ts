import { expect, test } from "vitest";
import { increase, increasePer, ratePerS } from "./counters.ts";

const series = (v: (number | null)[]) => ({ t: v.map((_, i) => i * 1000), v });

test("a counter counts on across a reset and across a gap", () => {
  expect(increase(series([7, null, 4]))).toBe(4);
  expect(increase(series([5, 8, 2, 3]))).toBe(6);
});

test("fewer than two samples tell nothing", () => {
  expect(increase(series([5]))).toBe(null);
  expect(increase(series([null, 5, null]))).toBe(null);
  expect(increase(null)).toBe(null);
});

test("a rate is over the time between the samples that are there", () => {
  expect(ratePerS(series([null, 10, null, 30]))).toBe(10);
});

test("a mean per event needs an event", () => {
  expect(increasePer(series([0, 10]), series([3, 3]))).toBe(null);
  expect(increasePer(series([0, 10]), series([3, 5]))).toBe(5);
});
