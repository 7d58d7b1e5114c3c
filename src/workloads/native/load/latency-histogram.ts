/**
 * Counts microseconds in the buckets of an HdrHistogram of three significant digits: lossless
 * counts, merged by addition. Recording is one shift and one increment in a typed array; for
 * encoding and percentiles it is handed over to `hdr-histogram-js`, bucket by bucket.
 *
 * Source: http://hdrhistogram.org/.
 */
import { build, type Histogram } from "hdr-histogram-js";
import { bucketOf, lowestOf } from "../../../lib/hdr-buckets.ts";

/** One hour; longer operations are counted as one hour. */
export const HIGHEST_MICROSECONDS = 3_600_000_000;
const LENGTH = bucketOf(HIGHEST_MICROSECONDS) + 1;

/** Filled buckets only: index, count, index, count … */
export type SparseCounts = Float64Array;

export class LatencyHistogram {
  private readonly counts = new Float64Array(LENGTH);
  private low = LENGTH;
  private high = -1;
  count = 0;

  /** Takes a duration in microseconds, whole or not; below 0 counts as 0. */
  record(microseconds: number): void {
    const index = bucketOf(Math.min(microseconds, HIGHEST_MICROSECONDS));
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
      histogram.recordValueWithCount(lowestOf(part[i] as number), part[i + 1] as number);
    }
  }
  return histogram;
}
