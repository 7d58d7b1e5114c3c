import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { randomFrom } from "../../lib/random.ts";
import {
  clearLatencyCounts,
  countLatency,
  emptyLatencyCounts,
  toHistogram,
} from "./latency-counts.ts";

const EDGES = [0, 1, 1023, 1024, 2047, 2048, 2049, 4095, 4096, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

function histogramOf(values: readonly number[]) {
  const histogram = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 });
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

function countsOf(values: readonly number[]) {
  const counts = emptyLatencyCounts();
  for (const value of values) countLatency(counts, value);
  return counts;
}

test("is the histogram that hdr-histogram-js makes of the same values", () => {
  const random = randomFrom("latencies");
  const values = Array.from({ length: 20_000 }, () => Math.round(random.exponential(5000)));
  for (const some of [values, EDGES, [7], [2 ** 31 + 5, 3]]) {
    const ours = toHistogram(countsOf(some));
    const theirs = histogramOf(some);
    expect(ours.totalCount).toBe(some.length);
    expect(ours.maxValue).toBe(theirs.maxValue);
    for (const percentile of [0, 10, 50, 90, 99, 99.9, 99.99, 100]) {
      expect(ours.getValueAtPercentile(percentile)).toBe(theirs.getValueAtPercentile(percentile));
    }
  }
});

test("counts what is longer than 71 minutes as 71 minutes", () => {
  expect(toHistogram(countsOf([2 ** 40])).maxValue).toBe(2 ** 32 - 1);
});

test("is empty again after it was cleared, and where there was none", () => {
  const counts = countsOf([5, 500_000]);
  clearLatencyCounts(counts);
  expect(toHistogram(counts).totalCount).toBe(0);
  expect(toHistogram(null).totalCount).toBe(0);
});
