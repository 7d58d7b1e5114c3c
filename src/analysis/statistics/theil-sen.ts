import { medianOf, quantileOfSorted } from "./moments.ts";
import { normalQuantile } from "./normal.ts";
import { placedOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** One point of a line to be fitted; `x` in any unit, for a series in seconds. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A slope in y-units per x-unit with Sen's interval. */
export interface Slope {
  readonly is: "slope";
  readonly slope: number;
  /** Holds for independent residuals; correlated seconds make it too narrow (see `steadyState`). */
  readonly low: number;
  readonly high: number;
  readonly intercept: number;
  /** Points that the slope was computed from, after blocks were formed. */
  readonly n: number;
  /** How many neighbours were averaged into one point; 1 for short series. */
  readonly block: number;
}

/** The work grows with the square of the points; a longer series is averaged in blocks. */
const POINTS_MAX = 1500;

/** The slope of a series that was read once a second (or once per unit), over its gaps. */
export function theilSenOfSeries(
  readings: Readings,
  confidence: number = THRESHOLDS.confidence,
): Slope | Unknown {
  return theilSen(
    placedOf(readings).map(({ at, value }) => ({ x: at, y: value })),
    confidence,
  );
}

/**
 * The median of the slopes between all pairs of points, with Sen's interval (1968), ties included.
 *
 * One wild point in five does not move it much. Points with a number that is not finite do not count.
 *
 * @see https://doi.org/10.1080/01621459.1968.10480934
 */
export function theilSen(
  points: readonly Point[],
  confidence: number = THRESHOLDS.confidence,
): Slope | Unknown {
  const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const block = Math.ceil(finite.length / POINTS_MAX);
  const kept = block > 1 ? blocksOf(finite, block) : finite;
  const n = kept.length;
  const wanted = THRESHOLDS.linePointsMin;
  if (n < wanted) return unknownBecause(`A slope needs ${wanted} points, and there are ${n}.`);
  const slopes = pairwiseSlopes(kept);
  if (slopes.length === 0) return unknownBecause("All points have the same x.");
  const slope = quantileOfSorted(slopes, 0.5)!;
  const intercept = medianOf(kept.map(({ y }) => y))! - slope * medianOf(kept.map(({ x }) => x))!;
  const spread = -normalQuantile((1 - confidence) / 2)! * Math.sqrt(kendallVariance(kept));
  const last = slopes.length - 1;
  const high = slopes[Math.min(roundHalfEven((slopes.length + spread) / 2), last)]!;
  const low = slopes[Math.max(roundHalfEven((slopes.length - spread) / 2) - 1, 0)]!;
  return { is: "slope", slope, low, high, intercept, n, block };
}

function pairwiseSlopes(points: readonly Point[]): number[] {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let count = 0;
  for (let i = 0; i < points.length; i += 1) {
    for (let j = i + 1; j < points.length; j += 1) {
      const run = points[j]!.x - points[i]!.x;
      if (run === 0) continue;
      slopes[count] = (points[j]!.y - points[i]!.y) / run;
      count += 1;
    }
  }
  return Array.from(slopes.subarray(0, count).sort());
}

/** Variance of Kendall's statistic, less what ties in x and in y take away. */
function kendallVariance(points: readonly Point[]): number {
  const term = (k: number) => k * (k - 1) * (2 * k + 5);
  let total = term(points.length);
  for (const values of [points.map(({ x }) => x), points.map(({ y }) => y)]) {
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    for (const count of counts.values()) total -= term(count);
  }
  return Math.max(0, total) / 18;
}

function blocksOf(points: readonly Point[], size: number): Point[] {
  const blocks: Point[] = [];
  for (let start = 0; start + size <= points.length; start += size) {
    let x = 0;
    let y = 0;
    for (let i = start; i < start + size; i += 1) {
      x += points[i]!.x / size;
      y += points[i]!.y / size;
    }
    blocks.push({ x, y });
  }
  return blocks;
}

/** Ties go to the even neighbour, as in IEEE 754 and in the software that this is checked against. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
