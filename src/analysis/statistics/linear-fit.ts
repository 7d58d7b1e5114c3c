import { meanOf } from "./moments.ts";
import { studentTQuantile } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** A straight line through points, by least squares: `y = intercept + slope · x`. */
export interface LinearFit {
  readonly intercept: number;
  readonly slope: number;
  /** 95 %, from Student's t. */
  readonly interceptInterval: Interval;
  readonly slopeInterval: Interval;
  /** Of a point from the line: the root of the squares left over their n − 2 degrees of freedom. */
  readonly residualDeviation: number;
  readonly n: number;
  readonly xMin: number;
  readonly xMax: number;
  readonly xMean: number;
  /** Squares of x about its mean, summed. */
  readonly xSquares: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The line of least squares; `null` of fewer than three points or fewer than three places, where how
 * far points lie from a line cannot be told.
 *
 * @see https://www.itl.nist.gov/div898/handbook/pmd/section4/pmd431.htm
 */
export function fitLine(
  points: readonly { readonly x: number; readonly y: number }[],
): LinearFit | null {
  const xs = points.map(({ x }) => x);
  const n = points.length;
  if (n < THRESHOLDS.linePointsMin || new Set(xs).size < THRESHOLDS.linePointsMin) return null;
  const xMean = meanOf(xs)!;
  const yMean = meanOf(points.map(({ y }) => y))!;
  const xSquares = sum(xs, (x) => (x - xMean) ** 2);
  const slope = sum(points, ({ x, y }) => (x - xMean) * (y - yMean)) / xSquares;
  const intercept = yMean - slope * xMean;
  const left = sum(points, ({ x, y }) => (y - intercept - slope * x) ** 2);
  const residualDeviation = Math.sqrt(left / (n - 2));
  const t = quantile(n);
  const around = (value: number, error: number) => ({
    low: value - t * error,
    high: value + t * error,
  });
  return {
    intercept,
    slope,
    slopeInterval: around(slope, residualDeviation / Math.sqrt(xSquares)),
    interceptInterval: around(
      intercept,
      residualDeviation * Math.sqrt(1 / n + xMean ** 2 / xSquares),
    ),
    residualDeviation,
    n,
    xMin: Math.min(...xs),
    xMax: Math.max(...xs),
    xMean,
    xSquares,
  };
}

/**
 * What one more point at `x` would be, with the interval that holds it in 95 % of cases where the law
 * is a line and points scatter about it alike everywhere.
 *
 * @see https://www.itl.nist.gov/div898/handbook/pmd/section5/pmd512.htm
 */
export function predictAt(fit: LinearFit, x: number): Interval & { readonly value: number } {
  const { intercept, slope, residualDeviation, n, xMean, xSquares } = fit;
  const value = intercept + slope * x;
  const half = quantile(n) * residualDeviation * Math.sqrt(1 + 1 / n + (x - xMean) ** 2 / xSquares);
  return { value, low: value - half, high: value + half };
}

function quantile(n: number): number {
  return studentTQuantile((1 + THRESHOLDS.confidence) / 2, n - 2)!;
}

function sum<T>(items: readonly T[], read: (item: T) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
