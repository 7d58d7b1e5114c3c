import { expect, test } from "vitest";
import { fasterBy, lessWal } from "./predict.ts";

test("what a cause costs bounds what its end must bring, with room for the next limit", () => {
  expect(fasterBy(0.9)).toMatchObject({ ratio: expect.closeTo(10, 6) as number });
  expect(fasterBy(0.9).bound).toBeCloseTo(1.78, 2);
  expect(fasterBy(0.38).bound).toBeCloseTo(1.13, 2);
  // Nothing is predicted of which nobody would notice.
  expect(fasterBy(0).bound).toBe(1.03);
  expect(fasterBy(1).ratio).toBeLessThanOrEqual(10);
});

test("WAL must fall by a good part of what is told, or at all where nothing is told", () => {
  expect(lessWal(0.5)).toMatchObject({ direction: "lower", bound: 0.875 });
  expect(lessWal(null).bound).toBeLessThan(1);
});
