import { expect, test } from "vitest";
import { lossBoundWithoutLoss } from "./loss-bound.ts";

test("bounds the chance of a loss by the number of trials without one, and never by zero", () => {
  expect([0, 1, 10, 30, 100].map((trials) => lossBoundWithoutLoss(trials).toFixed(3))).toEqual([
    "1.000",
    "0.950",
    "0.259",
    "0.095",
    "0.030",
  ]);
});
