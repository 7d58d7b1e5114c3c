/**
 * Buckets of an HdrHistogram of three significant digits that counts from 1: two histograms are merged
 * without loss by adding the counts of buckets of the same number.
 *
 * Source: http://hdrhistogram.org/.
 */

/** Three digits need 2048 sub-buckets, of which the upper half is new in each doubling. */
const SUB_BUCKET_BITS = 11;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
const HALF = SUB_BUCKETS >> 1;

/** The number of the bucket that a value falls into; values below 0 are counted as 0. */
export function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value > 0 ? value | 0 : 0;
  if (value < 2147483648) {
    const whole = value | 0;
    const shift = 32 - SUB_BUCKET_BITS - Math.clz32(whole);
    return shift * HALF + (whole >>> shift);
  }
  const shift = Math.floor(Math.log2(value)) + 1 - SUB_BUCKET_BITS;
  return shift * HALF + Math.floor(value / 2 ** shift);
}

/** The lowest value that falls into a bucket. */
export function lowestOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF) * 2 ** shift;
}
