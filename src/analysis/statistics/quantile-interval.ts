import { binomialCdf, binomialQuantile } from "./incomplete-beta.ts";
import { ascendingOf, quantileOfSorted } from "./moments.ts";
import { finiteOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** 1-based ranks of the two order statistics that bound a quantile. */
export interface QuantileRanks {
  readonly low: number;
  readonly high: number;
  /** What the pair really covers: at least what was asked for. */
  readonly coverage: number;
}

/** A quantile with its interval, or, where too few values give none, the range that was seen. */
export type QuantileInterval =
  | {
      readonly is: "interval";
      readonly estimate: number;
      readonly low: number;
      readonly high: number;
      readonly ranks: QuantileRanks;
      readonly n: number;
    }
  | {
      readonly is: "range";
      readonly estimate: number;
      /** Smallest and largest value: no interval of the confidence that was asked for. */
      readonly low: number;
      readonly high: number;
      readonly n: number;
      readonly because: string;
    }
  | Unknown;

/**
 * The ranks that bound a quantile of `n` independent values without assuming a distribution;
 * `null` where `n` is too small for the confidence (n ≤ 5 for the median at 95 %).
 *
 * @see https://www.usenix.org/conference/osdi18/presentation/maricq
 */
export function quantileRanks(
  n: number,
  quantile: number,
  confidence: number = THRESHOLDS.confidence,
): QuantileRanks | null {
  if (!(n >= 1 && quantile > 0 && quantile < 1 && confidence > 0 && confidence < 1)) return null;
  const beyond = (1 - confidence) / 2;
  const low = binomialQuantile(beyond, n, quantile);
  const high = binomialQuantile(1 - beyond, n, quantile) + 1;
  if (low < 1 || high > n) return null;
  const coverage = binomialCdf(high - 1, n, quantile) - binomialCdf(low - 1, n, quantile);
  return { low, high, coverage };
}

/** Distribution-free interval of a quantile (0.5: the median) of independent values. */
export function quantileInterval(
  readings: Readings,
  quantile = 0.5,
  confidence: number = THRESHOLDS.confidence,
): QuantileInterval {
  const ascending = ascendingOf(finiteOf(readings));
  const n = ascending.length;
  const estimate = quantileOfSorted(ascending, quantile);
  if (estimate === null) {
    return unknownBecause(
      n === 0
        ? "There is no value."
        : `A quantile lies between 0 and 1, but ${quantile} was asked.`,
    );
  }
  const ranks = quantileRanks(n, quantile, confidence);
  if (ranks === null) {
    const percent = Number((confidence * 100).toFixed(1));
    const because = `${n} values give no ${percent} % interval; this is the smallest and the largest.`;
    return { is: "range", estimate, low: ascending[0]!, high: ascending[n - 1]!, n, because };
  }
  const low = ascending[ranks.low - 1]!;
  return { is: "interval", estimate, low, high: ascending[ranks.high - 1]!, ranks, n };
}
