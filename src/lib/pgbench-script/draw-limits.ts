import type { Integer } from "./value.ts";

const GAUSSIAN_PARAMETER_MIN = 2;
const ZIPFIAN_PARAMETER_MIN = 1.001;
const ZIPFIAN_PARAMETER_MAX = 1000;

/**
 * What is wrong with the bounds or the shape of a draw, as pgbench says it; `null` where nothing is.
 *
 * `parameter` is `null` for `random`.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-FUNCTIONS.
 */
export function complainOfDraw(
  name: string,
  {
    min,
    max,
    parameter,
  }: { readonly min: Integer; readonly max: Integer; readonly parameter: number | null },
): string | null {
  if (min > max) return "empty range given to random";
  if (BigInt(max) - BigInt(min) + 1n >= 1n << 63n) return "random range is too large";
  return parameter === null ? null : complainOfShape(name, parameter);
}

function complainOfShape(name: string, parameter: number): string | null {
  switch (name) {
    case "random_gaussian":
      if (parameter >= GAUSSIAN_PARAMETER_MIN) return null;
      return `gaussian parameter must be at least 2 (not ${parameter})`;
    case "random_zipfian":
      if (parameter >= ZIPFIAN_PARAMETER_MIN && parameter <= ZIPFIAN_PARAMETER_MAX) return null;
      return `zipfian parameter must be in range [1.001, 1000] (not ${parameter})`;
    default:
      return parameter > 0
        ? null
        : `exponential parameter must be greater than zero (not ${parameter})`;
  }
}
