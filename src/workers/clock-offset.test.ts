import { expect, test } from "vitest";
import { offsetOf } from "./clock-offset.ts";

test("the quickest round trip tells the offset, to half of its length", () => {
  const trips = [
    { askedMs: 100, answeredMs: 180, otherMs: 1170 },
    { askedMs: 200, answeredMs: 204, otherMs: 1202 },
    { askedMs: 300, answeredMs: 330, otherMs: 1301 },
  ];
  expect(offsetOf(trips)).toEqual({ offsetMs: 1000, errorMs: 2 });
});

test("the true offset is never further away than the error, wherever the delay was", () => {
  for (const there of [0, 1, 7, 40]) {
    for (const back of [0, 2, 30]) {
      const trip = { askedMs: 50, answeredMs: 50 + there + back, otherMs: 50 + there + 123 };
      const { offsetMs, errorMs } = offsetOf([trip]);
      expect(Math.abs(offsetMs - 123)).toBeLessThanOrEqual(errorMs);
    }
  }
});
