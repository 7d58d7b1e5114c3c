/** One stretch of a series with a level of its own: `[start, end)`, in indices. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly mean: number;
  /** Population variance (divided by n), as in the likelihood that is minimised. */
  readonly variance: number;
}

export interface PeltOptions {
  /** Cost of one more segment; `null` for 15·ln(n), the choice of Barrett et al. */
  readonly penalty?: number | null;
  /** Shortest segment; at least 2. */
  readonly segmentMin?: number;
}

/** Keeps the likelihood finite on a constant stretch; in units of the whole series' variance. */
const VARIANCE_FLOOR = 1e-6;

/**
 * Splits a series without gaps where its mean or its variance changes, at the least penalised
 * cost n·ln(variance): the exact optimum, pruned (PELT). A series that is too short is one segment.
 *
 * @see Killick, Fearnhead, Eckley 2012, https://doi.org/10.1080/01621459.2012.737745
 * @see Barrett et al., OOPSLA 2017, https://doi.org/10.1145/3133876 (mean and variance, 15·ln(n))
 */
export function peltSegments(values: readonly number[], options: PeltOptions = {}): Segment[] {
  const n = values.length;
  if (n === 0) return [];
  const segmentMin = Math.max(2, options.segmentMin ?? 5);
  const penalty = options.penalty ?? 15 * Math.log(n);
  const sums = prefixSums(values);
  const whole = momentsOf(sums, 0, n);
  if (n < 2 * segmentMin || whole.variance === 0) return [{ start: 0, end: n, ...whole }];
  const floor = VARIANCE_FLOOR * whole.variance;
  const cost = (start: number, end: number) =>
    (end - start) * Math.log((momentsOf(sums, start, end).variance + floor) / whole.variance);
  return cutsOf(bestStarts(n, segmentMin, penalty, cost), n).map(([start, end]) => ({
    start,
    end,
    ...momentsOf(sums, start, end),
  }));
}

/** For every end, where its last segment starts in the cheapest splitting of what is before it. */
function bestStarts(
  n: number,
  segmentMin: number,
  penalty: number,
  cost: (start: number, end: number) => number,
): number[] {
  const total = Array.from<number>({ length: n + 1 }).fill(Infinity);
  const from = Array.from<number>({ length: n + 1 }).fill(0);
  total[0] = 0;
  let admissible: number[] = [];
  for (let end = segmentMin; end <= n; end += 1) {
    admissible.push(end - segmentMin);
    const totals = admissible.map((start) => total[start]! + cost(start, end) + penalty);
    totals.forEach((candidate, i) => {
      if (candidate < total[end]!) {
        total[end] = candidate;
        from[end] = admissible[i]!;
      }
    });
    // One penalty of slack keeps the pruning exact with a shortest segment.
    admissible = admissible.filter((_, i) => totals[i]! <= total[end]! + penalty);
  }
  return from;
}

function cutsOf(from: readonly number[], n: number): [number, number][] {
  const cuts: [number, number][] = [];
  for (let end = n; end > 0; end = from[end]!) cuts.unshift([from[end]!, end]);
  return cuts;
}

interface PrefixSums {
  readonly values: Float64Array;
  readonly squares: Float64Array;
  readonly origin: number;
}

/** Sums around the mean of the whole, so that a small variance on a high level is not lost. */
function prefixSums(values: readonly number[]): PrefixSums {
  const origin = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    sums[i + 1] = sums[i]! + (value - origin);
    squares[i + 1] = squares[i]! + (value - origin) ** 2;
  });
  return { values: sums, squares, origin };
}

function momentsOf(sums: PrefixSums, start: number, end: number) {
  const n = end - start;
  const mean = (sums.values[end]! - sums.values[start]!) / n;
  const variance = Math.max(0, (sums.squares[end]! - sums.squares[start]!) / n - mean * mean);
  return { mean: mean + sums.origin, variance };
}
