import { expect, test } from "vitest";
import type { RunEvent } from "../../record/events.ts";
import { readServiceOf } from "./read-gap.ts";

const FAULT_MS = 5000;
const reads = (gaps: readonly (readonly [number, number | null])[]): RunEvent[] => [
  {
    kind: "reads",
    atMs: 20_000,
    trial: "t1",
    fromMs: 0,
    toMs: 20_000,
    leastMs: 100,
    gaps: gaps.map(([startMs, endMs]) => ({ startMs, endMs })),
  },
];

test("the longest stretch that ends after the fault counts, the longest before it is how finely it is told", () => {
  const gaps = [
    [1000, 1150],
    [4990, 5800],
    [9000, 9400],
  ] as const;
  expect(readServiceOf(reads(gaps), "t1", FAULT_MS)).toEqual({
    gapMs: 810,
    resolutionMs: 150,
    isBack: true,
  });
});

test("without a gap reads were away for no longer than the reader's pace can tell", () => {
  expect(readServiceOf(reads([]), "t1", FAULT_MS)).toEqual({
    gapMs: 100,
    resolutionMs: 100,
    isBack: true,
  });
});

test("reads that never came back are away until the end at least", () => {
  expect(readServiceOf(reads([[5000, null]]), "t1", FAULT_MS)).toEqual({
    gapMs: 15_000,
    resolutionMs: 100,
    isBack: false,
  });
});

test("is not known where nobody read", () => {
  expect(readServiceOf([], "t1", FAULT_MS)).toBeNull();
  expect(readServiceOf(reads([]), "t2", FAULT_MS)).toBeNull();
});
