import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { LatencyHistogram, mergeCounts } from "./latency-histogram.ts";

/** The oracle of HdrHistogram's own tests: 10,000 values of 1 ms every 10 ms, then one of 100 s. */
function oracle(): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 10_000; i++) histogram.record(1000);
  histogram.record(100_000_000);
  return histogram;
}

test("counts as HdrHistogram's oracle wants, raw and corrected", () => {
  const raw = mergeCounts([oracle().drain()]);
  expect(raw.totalCount).toBe(10_001);
  expect(raw.mean / 1000).toBeCloseTo(10.998, 1);
  expect(raw.getValueAtPercentile(99)).toBe(1000);
  const corrected = raw.copyCorrectedForCoordinatedOmission(10_000);
  expect(corrected.totalCount).toBe(20_000);
  expect(corrected.mean / 1000 / 25_000.5).toBeCloseTo(1, 3);
});

test("puts every value into the bucket that hdr-histogram-js uses", () => {
  const ours = new LatencyHistogram();
  const theirs = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 36e8,
    numberOfSignificantValueDigits: 3,
  } as const);
  for (let value = 0; value < 3_600_000_000; value = Math.ceil(value * 1.0007) + 1) {
    ours.record(value);
    theirs.recordValue(value);
  }
  const found = mergeCounts([ours.drain()]);
  expect(found.totalCount).toBe(theirs.totalCount);
  expect(found.mean).toBe(theirs.mean);
  for (let percentile = 0; percentile <= 100; percentile += 0.25) {
    expect(found.getValueAtPercentile(percentile)).toBe(theirs.getValueAtPercentile(percentile));
  }
});

test("merges exactly, and starts from nothing after each drain", () => {
  const [left, right] = [new LatencyHistogram(), new LatencyHistogram()];
  const whole = new LatencyHistogram();
  for (let i = 1; i < 3000; i++) {
    (i % 2 === 0 ? left : right).record(i * i);
    whole.record(i * i);
  }
  const merged = encodeIntoCompressedBase64(mergeCounts([left.drain(), right.drain()]));
  expect(merged).toBe(encodeIntoCompressedBase64(mergeCounts([whole.drain()])));
  expect(decodeFromCompressedBase64(merged).totalCount).toBe(2999);
  expect(left.count).toBe(0);
  expect(left.drain()).toHaveLength(0);
});

test("counts what is longer than an hour as an hour, and below zero as zero", () => {
  const histogram = new LatencyHistogram();
  histogram.record(1e13);
  histogram.record(-5);
  const merged = mergeCounts([histogram.drain()]);
  expect(merged.totalCount).toBe(2);
  expect(merged.getValueAtPercentile(100)).toBeGreaterThan(3_590_000_000);
});
