import { randomFrom } from "../../src/lib/random.ts";

/** Standard normal numbers from a seed (Box and Muller). */
export function normalsFrom(seed: number | string): () => number {
  const { next } = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export interface Noise {
  readonly seconds: number;
  /** Standard deviation over the mean. */
  readonly variation: number;
  /** Correlation of one second with the next, 0 to 1. */
  readonly correlation?: number;
}

/** A shape over time, in one-second readings, with relative noise of the first order. */
export function noisy(seed: number | string, shape: (s: number) => number, noise: Noise): number[] {
  const { seconds, variation, correlation = 0 } = noise;
  const normal = normalsFrom(seed);
  let error = normal();
  return Array.from({ length: seconds }, (_, s) => {
    error = correlation * error + Math.sqrt(1 - correlation ** 2) * normal();
    return shape(s) * (1 + variation * error);
  });
}
