import { logGamma, regularizedBeta } from "./incomplete-beta.ts";

/** P(T ≤ t) of Student's t with `freedom` > 0 degrees of freedom; `null` where that is no number. */
export function studentTCdf(t: number, freedom: number): number | null {
  if (!(freedom > 0) || Number.isNaN(t)) return null;
  const tail = upperTail(Math.abs(t), freedom);
  return t > 0 ? 1 - tail : tail;
}

/** Chance of a t at least this far from 0, either side; `null` as in `studentTCdf`. */
export function studentTTwoSided(t: number, freedom: number): number | null {
  if (!(freedom > 0) || Number.isNaN(t)) return null;
  return Math.min(1, 2 * upperTail(Math.abs(t), freedom));
}

/**
 * The t with P(T ≤ t) = `probability`, for `freedom` > 0, fractions too; `null` outside of (0, 1)
 * or without a degree of freedom.
 *
 * Newton's steps on the tail, kept inside a bracket.
 */
export function studentTQuantile(probability: number, freedom: number): number | null {
  if (!(probability > 0 && probability < 1 && freedom > 0)) return null;
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -quantileOfTail(probability, freedom);
  return quantileOfTail(1 - probability, freedom);
}

function quantileOfTail(tail: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (upperTail(high, freedom) > tail) {
    low = high;
    high *= 2;
  }
  let t = (low + high) / 2;
  for (let i = 0; i < 200; i += 1) {
    const over = upperTail(t, freedom) - tail;
    if (over > 0) low = t;
    else high = t;
    const newton = t + over / density(t, freedom);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-14 * next) return next;
    t = next;
  }
  return t;
}

/** P(T > t) for t ≥ 0. */
function upperTail(t: number, freedom: number): number {
  if (t === Infinity) return 0;
  return 0.5 * regularizedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

function density(t: number, freedom: number): number {
  const log =
    logGamma((freedom + 1) / 2) -
    logGamma(freedom / 2) -
    0.5 * Math.log(freedom * Math.PI) -
    ((freedom + 1) / 2) * Math.log1p((t * t) / freedom);
  return Math.exp(log);
}
