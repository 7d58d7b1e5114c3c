/**
 * pgbench's random distributions over a range of integers, drawing exactly as many numbers from the
 * generator, in the same order, as pgbench does.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-FUNCTIONS and the formulas of
 * pgbench itself. `exp`, `log`, `pow` and `sin` may differ from the C library's in the last bit: over
 * ranges of 10⁹ about one number in ten million comes out one off, over 10¹² about one in a hundred.
 */
import type { Prng } from "./prng.ts";

/** Uniform in [min, max]; both safe integers. */
export function drawUniform(prng: Prng, min: number, max: number): number {
  return min + prng.nextUpTo(max - min);
}

export function drawExponential(prng: Prng, min: number, size: number, parameter: number): number {
  const cut = Math.exp(-parameter);
  const uniform = 1 - prng.nextDouble();
  const share = -Math.log(cut + (1 - cut) * uniform) / parameter;
  return min + Math.trunc(size * share);
}

export function drawGaussian(prng: Prng, min: number, size: number, parameter: number): number {
  for (;;) {
    const first = 1 - prng.nextDouble();
    const second = 1 - prng.nextDouble();
    const deviation = Math.sqrt(-2 * Math.log(first)) * Math.sin(2 * Math.PI * second);
    if (deviation < -parameter || deviation >= parameter) continue;
    return min + Math.trunc(size * ((deviation + parameter) / (parameter * 2)));
  }
}

/** Devroye's rejection method, "Non-Uniform Random Variate Generation" (1986), p. 550. */
export function drawZipfian(prng: Prng, min: number, size: number, parameter: number): number {
  if (size <= 1) return min;
  const base = 2 ** (parameter - 1);
  for (;;) {
    const u = prng.nextDouble();
    const v = prng.nextDouble();
    const x = Math.floor(u ** (-1 / (parameter - 1)));
    const t = (1 + 1 / x) ** (parameter - 1);
    if ((v * x * (t - 1)) / (base - 1) <= t / base && x <= size) return min - 1 + x;
  }
}

/**
 * The next gap of a Poisson process with the given mean gap, in the unit of the mean.
 *
 * @returns a number above or equal to 0, not rounded.
 */
export function drawPoissonGap(prng: Prng, mean: number): number {
  return -Math.log(1 - prng.nextDouble()) * mean;
}
