import { expect, test } from "vitest";
import { GapRecorder, longestCommonGapOrNull } from "./gaps.ts";

function gapsOf(completions: readonly number[], end: number): Float64Array {
  const recorder = new GapRecorder();
  for (const atMs of completions) recorder.complete(atMs);
  return recorder.finish(end);
}

test("the service stood still only while every worker's did", () => {
  const left = gapsOf([100, 200, 900, 1000], 1100);
  const right = gapsOf([150, 400, 950, 1050], 1100);
  expect(longestCommonGapOrNull([left, right])).toEqual({ fromMs: 400, toMs: 900 });
  expect(longestCommonGapOrNull([left])).toEqual({ fromMs: 200, toMs: 900 });
});

test("the stretch after the last completion counts", () => {
  expect(longestCommonGapOrNull([gapsOf([10, 20], 5000)])).toEqual({ fromMs: 20, toMs: 5000 });
});

test("is null where no gap was long enough to keep", () => {
  const busy = Array.from({ length: 500 }, (_, i) => i);
  expect(longestCommonGapOrNull([gapsOf(busy, 500)])).toBeNull();
});

test("keeps the long gaps and forgets short ones when there are too many", () => {
  const recorder = new GapRecorder();
  for (let i = 1; i <= 20_000; i++) recorder.complete(i * 6 + (i > 10_000 ? 700 : 0));
  expect(recorder.minMs).toBeGreaterThan(6);
  expect(longestCommonGapOrNull([recorder.finish(120_700)])).toEqual({
    fromMs: 60_000,
    toMs: 60_706,
  });
});
