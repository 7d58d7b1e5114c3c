/**
 * Counts microseconds in the buckets of an HdrHistogram of three significant digits: lossless
 * counts, merged by addition. Recording is one shift and one increment in a typed array; for
 * encoding and percentiles it is handed over to `hdr-histogram-js`, bucket by bucket.
 *
 * Source: http://hdrhistogram.org/.
 */
import { build, type Histogram } from "hdr-histogram-js";

/** Three digits need 2048 sub-buckets, of which the upper half is new in each doubling. */
const SUB_BUCKET_BITS = 11;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
const HALF = SUB_BUCKETS >> 1;
/** One hour; longer operations are counted as one hour. */
export const HIGHEST_MICROSECONDS = 3_600_000_000;
const BUCKETS = Math.ceil(Math.log2(HIGHEST_MICROSECONDS / SUB_BUCKETS)) + 1;
const LENGTH = (BUCKETS + 1) * HALF;

/** Filled buckets only: index, count, index, count … */
export type SparseCounts = Float64Array;

export class LatencyHistogram {
  private readonly counts = new Float64Array(LENGTH);
  private low = LENGTH;
  private high = -1;
  count = 0;

  /** Takes a duration in microseconds, whole or not; below 0 counts as 0. */
  record(microseconds: number): void {
    const index = indexOf(microseconds);
    this.counts[index] = (this.counts[index] as number) + 1;
    if (index < this.low) this.low = index;
    if (index > this.high) this.high = index;
    this.count++;
  }

  /** Gives the filled buckets and starts again from nothing. */
  drain(): SparseCounts {
    const filled: number[] = [];
    for (let index = this.low; index <= this.high; index++) {
      const count = this.counts[index] as number;
      if (count > 0) filled.push(index, count);
    }
    this.clear();
    return Float64Array.from(filled);
  }

  clear(): void {
    if (this.high >= 0) this.counts.fill(0, this.low, this.high + 1);
    this.low = LENGTH;
    this.high = -1;
    this.count = 0;
  }
}

/** All counts together as a histogram of `hdr-histogram-js`, in microseconds. */
export function mergeCounts(parts: readonly SparseCounts[]): Histogram {
  const histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_MICROSECONDS,
    numberOfSignificantValueDigits: 3,
  });
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) {
      histogram.recordValueWithCount(valueAt(part[i] as number), part[i + 1] as number);
    }
  }
  return histogram;
}

function indexOf(microseconds: number): number {
  if (microseconds < SUB_BUCKETS) return microseconds > 0 ? microseconds | 0 : 0;
  if (microseconds < 2147483648) {
    const value = microseconds | 0;
    const shift = 32 - SUB_BUCKET_BITS - Math.clz32(value);
    return shift * HALF + (value >>> shift);
  }
  const value = Math.min(microseconds, HIGHEST_MICROSECONDS);
  const shift = Math.floor(Math.log2(value)) + 1 - SUB_BUCKET_BITS;
  return shift * HALF + Math.floor(value / 2 ** shift);
}

/** The lowest value that falls into a bucket. */
function valueAt(index: number): number {
  if (index < SUB_BUCKETS) return index;
  const shift = Math.floor(index / HALF) - 1;
  return (index - shift * HALF) * 2 ** shift;
}
