import { ascendingOf, quantileOfSorted } from "./moments.ts";
import { normalTail } from "./normal.ts";
import { finiteOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** Location of paired differences without assuming a normal distribution. */
export interface SignedRank {
  readonly is: "signed-rank";
  /** Hodges–Lehmann: median of the means of all pairs, each value with itself included. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** What the interval really covers; at least what was asked for. */
  readonly coverage: number;
  /** Two-sided, exact up to 300 differences, ties included; zeros are left out (Wilcoxon). */
  readonly pValue: number;
  readonly n: number;
}

/** Beyond this the normal approximation is closer than anything that a measurement needs. */
const EXACT_MAX = 300;

/**
 * Wilcoxon's signed-rank test with the Hodges–Lehmann estimate and its exact interval; unknown
 * where `n` is too small for an interval of that confidence (n ≤ 5 at 95 %).
 *
 * @see Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods", sections 3.1 to 3.3
 */
export function signedRank(
  differences: Readings,
  confidence: number = THRESHOLDS.confidence,
): SignedRank | Unknown {
  const values = finiteOf(differences);
  const n = values.length;
  if (n === 0) return unknownBecause("There is no difference to rank.");
  const bound = walshRank(n, (1 - confidence) / 2);
  if (bound === null) {
    const percent = Number((confidence * 100).toFixed(1));
    return unknownBecause(`${n} pairs are too few for a ${percent} % signed-rank interval.`);
  }
  const averages = walshAverages(values);
  return {
    is: "signed-rank",
    estimate: quantileOfSorted(averages, 0.5)!,
    low: averages[bound.rank - 1]!,
    high: averages[averages.length - bound.rank]!,
    coverage: bound.coverage,
    pValue: pValueOf(values.filter((value) => value !== 0)),
    n,
  };
}

function walshAverages(values: readonly number[]): number[] {
  const averages: number[] = [];
  values.forEach((a, i) => values.slice(i).forEach((b) => averages.push((a + b) / 2)));
  return ascendingOf(averages);
}

/** The largest rank k with P(T ≤ k − 1) ≤ `beyond`; `null` where there is none. */
function walshRank(n: number, beyond: number): { rank: number; coverage: number } | null {
  if (n > EXACT_MAX) {
    const { mean, deviation } = approximation(n);
    let rank = Math.floor(mean);
    while (rank > 1 && normalTail((mean - (rank - 0.5)) / deviation) > beyond) rank -= 1;
    return { rank, coverage: 1 - 2 * normalTail((mean - (rank - 0.5)) / deviation) };
  }
  const chances = sumChances(Array.from({ length: n }, (_, i) => i + 1));
  let below = 0;
  let rank = 0;
  while (below + chances[rank]! <= beyond) {
    below += chances[rank]!;
    rank += 1;
  }
  return rank === 0 ? null : { rank, coverage: 1 - 2 * below };
}

function pValueOf(differences: readonly number[]): number {
  const n = differences.length;
  if (n === 0) return 1;
  // Twice the mid-rank is a whole number, with ties too.
  const doubled = doubledRanks(differences.map(Math.abs));
  const positive = doubled.reduce((sum, rank, i) => sum + (differences[i]! > 0 ? rank : 0), 0);
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const smaller = Math.min(positive, total - positive);
  if (n > EXACT_MAX) {
    const { mean, deviation } = approximation(n);
    return Math.min(1, 2 * normalTail((mean - smaller / 2 - 0.5) / deviation));
  }
  const chances = sumChances(doubled);
  let tail = 0;
  for (let sum = 0; sum <= smaller; sum += 1) tail += chances[sum]!;
  return Math.min(1, 2 * tail);
}

/** Chance of each sum of ranks where every rank is in or out with even odds. */
function sumChances(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach += rank;
    for (let sum = reach; sum >= 0; sum -= 1) {
      chances[sum] = (chances[sum]! + (sum >= rank ? chances[sum - rank]! : 0)) / 2;
    }
  }
  return chances;
}

function doubledRanks(values: readonly number[]): number[] {
  const ascending = ascendingOf(values);
  return values.map((value) => ascending.indexOf(value) + ascending.lastIndexOf(value) + 2);
}

function approximation(n: number) {
  const mean = (n * (n + 1)) / 4;
  return { mean, deviation: Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24) };
}
