import { build, type Histogram } from "hdr-histogram-js";
import type { LatencyQuantiles } from "./model.ts";
import { QUANTILE_SAMPLES_MIN } from "./thresholds.ts";

/** Three digits are lossless to 0.1 %, as the generators record. */
const DIGITS = 3;

/** All counts of several histograms; never an average of their quantiles. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const merged = build({
    bitBucketSize: 32,
    autoResize: true,
    numberOfSignificantValueDigits: DIGITS,
  });
  for (const histogram of histograms) if (histogram.totalCount > 0) merged.add(histogram);
  return merged;
}

/** Quantiles in milliseconds of a histogram in microseconds; `null` where it has too few values. */
export function quantilesOf(histogram: Histogram): LatencyQuantiles {
  const count = histogram.totalCount;
  const quantile = (percent: number, samplesMin: number) =>
    count >= samplesMin ? histogram.getValueAtPercentile(percent) / 1000 : null;
  return {
    count,
    meanMs: count > 0 ? histogram.mean / 1000 : null,
    p50Ms: quantile(50, QUANTILE_SAMPLES_MIN.p50),
    p95Ms: quantile(95, QUANTILE_SAMPLES_MIN.p95),
    p99Ms: quantile(99, QUANTILE_SAMPLES_MIN.p99),
    p999Ms: quantile(99.9, QUANTILE_SAMPLES_MIN.p999),
    maxMs: count > 0 ? histogram.maxValue / 1000 : null,
  };
}
