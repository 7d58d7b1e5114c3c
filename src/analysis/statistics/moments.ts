/** Arithmetic mean; `null` of nothing. */
export function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Unbiased variance (n − 1); `null` of fewer than two. */
export function varianceOf(values: readonly number[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1);
}

/** Square root of the unbiased variance; `null` of fewer than two. */
export function deviationOf(values: readonly number[]): number | null {
  const variance = varianceOf(values);
  return variance === null ? null : Math.sqrt(variance);
}

/** Standard deviation over the mean; `null` of fewer than two, or where the mean is 0. */
export function variationOf(values: readonly number[]): number | null {
  const mean = meanOf(values);
  const deviation = deviationOf(values);
  if (mean === null || deviation === null || mean === 0) return null;
  return deviation / Math.abs(mean);
}

/**
 * The quantile of values in ascending order, interpolated between neighbours; `null` of nothing.
 *
 * Definition 7 of Hyndman and Fan, the default of R and NumPy (https://doi.org/10.2307/2684934).
 */
export function quantileOfSorted(ascending: readonly number[], quantile: number): number | null {
  if (ascending.length === 0 || !(quantile >= 0 && quantile <= 1)) return null;
  const place = (ascending.length - 1) * quantile;
  const below = ascending[Math.floor(place)]!;
  const above = ascending[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

/** The middle value; `null` of nothing. */
export function medianOf(values: readonly number[]): number | null {
  return quantileOfSorted(ascendingOf(values), 0.5);
}

/** The values in ascending order; the input is left as it was. */
export function ascendingOf(values: readonly number[]): number[] {
  return Array.from(Float64Array.from(values).sort());
}

/** Correlation of a series with itself one step later; `null` of fewer than three or of a constant. */
export function autocorrelationOf(values: readonly number[], lag = 1): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < lag + 2) return null;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    squares += (values[i]! - mean) ** 2;
    if (i >= lag) products += (values[i]! - mean) * (values[i - lag]! - mean);
  }
  return squares === 0 ? null : products / squares;
}
