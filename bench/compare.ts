/** A ratio over several rounds: geometric mean with its 95 % interval. */
export interface Ratio {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantiles of Student's t, by degrees of freedom from 1. */
const T_95 = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2];

/**
 * Of values that were measured round by round beside one another; t on the logarithms. A round in
 * which one of the two came to nothing, as on a machine that is overrun, is left out.
 */
export function ratioOf(values: readonly number[], references: readonly number[]): Ratio {
  const logs = values
    .map((value, i) => Math.log(value / references[i]!))
    .filter((log) => Number.isFinite(log));
  const mean = meanOf(logs);
  const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (logs.length - 1);
  const half = (T_95[logs.length - 2] ?? 2) * Math.sqrt(variance / logs.length);
  return { mean: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

export function formatRatio({ mean, low, high }: Ratio): string {
  return `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** One after the other in every round, each round in the other direction: a drift favours nobody. */
export async function inRounds<T>(
  rounds: number,
  work: readonly (() => Promise<T>)[],
): Promise<readonly (readonly T[])[]> {
  const found = work.map((): T[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = work.map((_, i) => (round % 2 === 0 ? i : work.length - 1 - i));
    for (const i of order) found[i]!.push(await work[i]!());
  }
  return found;
}
