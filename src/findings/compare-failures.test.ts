import { expect, test } from "vitest";
import { fail } from "./answers.ts";
import { compareFailures, type Standing } from "./compare-failures.ts";
import { byHand } from "./predict.ts";
import type { Answer, Confidence } from "./rule.ts";

const standing = (kind: Standing["kind"], confidence: Confidence, weight: number): Standing => ({
  kind,
  answer: fail({
    because: "b",
    evidence: [],
    confidence,
    advice: "a",
    refutedBy: "r",
    experiment: byHand("nothing"),
    weight,
  }) as Extract<Answer, { is: "fail" }>,
});
const fault = (confidence: Confidence, weight: number) => standing(undefined, confidence, weight);

test("a fault comes before a limit that weighs more, where both are as sure", () => {
  expect(
    compareFailures(fault("confirmed", 0.3), standing("limit", "confirmed", 0.9)),
  ).toBeLessThan(0);
  expect(
    compareFailures(fault("suspected", 0.9), standing("limit", "confirmed", 0.3)),
  ).toBeGreaterThan(0);
});

test("an aside comes last, however sure", () => {
  expect(
    compareFailures(standing("aside", "confirmed", 1), fault("suspected", 0.1)),
  ).toBeGreaterThan(0);
});

test("among equals the sure one, then the heavier", () => {
  expect(compareFailures(fault("confirmed", 0.1), fault("suspected", 0.9))).toBeLessThan(0);
  expect(compareFailures(fault("confirmed", 0.5), fault("confirmed", 0.2))).toBeLessThan(0);
});
