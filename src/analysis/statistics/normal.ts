/** P(Z > x) of the standard normal: series near the middle, continued fraction in the tail. */
export function normalTail(x: number): number {
  if (x < 0) return 1 - normalTail(-x);
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-18 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = x;
  for (let k = 200; k >= 1; k -= 1) fraction = x + k / fraction;
  return density / fraction;
}

/** The x with P(Z ≤ x) = `probability`; `null` outside of (0, 1). */
export function normalQuantile(probability: number): number | null {
  if (!(probability > 0 && probability < 1)) return null;
  if (probability > 0.5) return -normalQuantile(1 - probability)!;
  let low = 0;
  let high = 40;
  // Bisection: two hundred cheap steps are nothing beside the measurement that asks.
  for (let i = 0; i < 100 && high - low > 1e-15 * high; i += 1) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > probability) low = middle;
    else high = middle;
  }
  return -(low + high) / 2;
}
