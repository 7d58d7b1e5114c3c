import { build, type Histogram } from "hdr-histogram-js";
import { bucketOf, lowestOf } from "../lib/hdr-buckets.ts";

/** What a histogram holds: how often each bucket of `lib/hdr-buckets.ts` was hit, and its extremes. */
export interface BucketCounts {
  /** Buckets that were not hit are not there. */
  readonly counts: Map<number, number>;
  max: number;
  /** Of those above 0; `Infinity` where there is none. */
  minNonZero: number;
}

export function noCounts(): BucketCounts {
  return { counts: new Map(), max: 0, minNonZero: Infinity };
}

/** What `hdr-histogram-js` can do and does not declare: its counts lie in the order of our buckets. */
type CountedHistogram = Histogram & { getCountAtIndex(index: number): number };

/**
 * A histogram as bytes: its largest value and its smallest above 0, then per filled bucket its distance
 * from the one before it, and its count, each as a variable-length integer (LEB128). No bytes: no values.
 *
 * @throws where the histogram has other buckets than ours.
 */
export function encodeCounts(histogram: Histogram): Buffer {
  const { numberOfSignificantValueDigits, lowestDiscernibleValue } = histogram as unknown as {
    readonly numberOfSignificantValueDigits: number;
    readonly lowestDiscernibleValue: number;
  };
  if (numberOfSignificantValueDigits !== 3 || lowestDiscernibleValue !== 1) {
    throw new Error("A load's histograms count from 1 with three significant digits.");
  }
  const bytes: number[] = [];
  if (histogram.totalCount === 0) return Buffer.alloc(0);
  const { maxValue, minNonZeroValue } = histogram;
  pushInteger(bytes, maxValue);
  pushInteger(bytes, maxValue === 0 ? 0 : minNonZeroValue);
  const last = bucketOf(maxValue);
  let before = 0;
  for (let bucket = 0; bucket <= last; bucket += 1) {
    const count = (histogram as CountedHistogram).getCountAtIndex(bucket);
    if (count === 0) continue;
    pushInteger(bytes, bucket - before);
    pushInteger(bytes, count);
    before = bucket;
  }
  return Buffer.from(bytes);
}

/** Adds encoded counts to others. @throws {RangeError} where the bytes end in the middle of a number. */
export function addCounts(into: BucketCounts, bytes: Uint8Array): void {
  let at = 0;
  const readInteger = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("The counts of a histogram were cut short.");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  if (bytes.length === 0) return;
  const { counts } = into;
  into.max = Math.max(into.max, readInteger());
  into.minNonZero = Math.min(into.minNonZero, readInteger() || Infinity);
  let bucket = 0;
  while (at < bytes.length) {
    bucket += readInteger();
    counts.set(bucket, (counts.get(bucket) ?? 0) + readInteger());
  }
}

/** The counts as a histogram, its extremes exact. */
export function toHistogram({ counts, max, minNonZero }: BucketCounts): Histogram {
  const histogram = build({
    bitBucketSize: 64,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
    highestTrackableValue: Math.max(2, max),
  });
  const extremes = [max, minNonZero === Infinity ? max : minNonZero].map(bucketOf);
  for (const [bucket, count] of counts) {
    if (!extremes.includes(bucket)) histogram.recordValueWithCount(lowestOf(bucket), count);
    else recordExtreme(histogram, count, [max, minNonZero], bucket);
  }
  return histogram;
}

/** One of the values of this bucket is the largest or the smallest of all; the others are near it. */
function recordExtreme(
  histogram: Histogram,
  count: number,
  extremes: readonly number[],
  bucket: number,
): void {
  const here = extremes.filter((value) => value !== Infinity && bucketOf(value) === bucket);
  const [first, second = first] = here as [number, number?];
  histogram.recordValueWithCount(first, count - (count > 1 ? 1 : 0));
  if (count > 1) histogram.recordValue(second);
}

function pushInteger(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
