import { build, type Histogram } from "hdr-histogram-js";

/**
 * Counts of microseconds in the layout of an HDR histogram with three significant digits, made for a
 * hot loop: one typed array, no checks. Becomes a real histogram when its second is over.
 *
 * @see http://hdrhistogram.org/
 */
export interface LatencyCounts {
  readonly counts: Int32Array;
  total: number;
  maxUs: number;
}

/** Three significant digits: 2048 sub-buckets, of which each further bucket adds the upper half. */
const SUB_BUCKET_BITS = 11;
const HALF = 1 << (SUB_BUCKET_BITS - 1);
/** Longest that is told apart: 71 minutes, as far as unsigned 32-bit arithmetic goes. */
const LONGEST_US = 2 ** 32 - 1;
const BUCKETS = 32 - SUB_BUCKET_BITS + 1;
const LENGTH = (BUCKETS + 1) * HALF;

/** What one costs in memory, for whoever keeps many. */
export const LATENCY_COUNTS_BYTES = LENGTH * Int32Array.BYTES_PER_ELEMENT;

export function emptyLatencyCounts(): LatencyCounts {
  return { counts: new Int32Array(LENGTH), total: 0, maxUs: 0 };
}

/** Makes one fit for another second. */
export function clearLatencyCounts(latency: LatencyCounts): void {
  latency.counts.fill(0);
  latency.total = 0;
  latency.maxUs = 0;
}

export function countLatency(latency: LatencyCounts, us: number): void {
  const value = us > LONGEST_US ? LONGEST_US : us;
  const bucket = 32 - SUB_BUCKET_BITS - Math.clz32(value | (2 * HALF - 1));
  const index = (bucket << (SUB_BUCKET_BITS - 1)) + (value >>> bucket);
  latency.counts[index]! += 1;
  latency.total += 1;
  if (value > latency.maxUs) latency.maxUs = value;
}

/** The same counts as a histogram; the largest value is kept exactly. */
export function toHistogram(latency: LatencyCounts | null): Histogram {
  const histogram = build({
    bitBucketSize: 32,
    numberOfSignificantValueDigits: 3,
    highestTrackableValue: Math.max(2, latency?.maxUs ?? 2),
    autoResize: true,
  });
  if (latency === null || latency.total === 0) return histogram;
  let left = latency.total - 1;
  const highest = indexOf(latency.maxUs);
  for (let index = 0; index <= highest && left > 0; index += 1) {
    const count = latency.counts[index]! - (index === highest ? 1 : 0);
    if (count === 0) continue;
    histogram.recordValueWithCount(valueAt(index), count);
    left -= count;
  }
  histogram.recordValue(latency.maxUs);
  return histogram;
}

function indexOf(value: number): number {
  const bucket = 32 - SUB_BUCKET_BITS - Math.clz32(value | (2 * HALF - 1));
  return (bucket << (SUB_BUCKET_BITS - 1)) + (value >>> bucket);
}

/** The lowest value that falls into a slot. */
function valueAt(index: number): number {
  if (index < 2 * HALF) return index;
  const bucket = (index >> (SUB_BUCKET_BITS - 1)) - 1;
  return (index - bucket * HALF) * 2 ** bucket;
}
