import { deviationOf, meanOf } from "./moments.ts";
import { finiteOf, type Readings } from "./readings.ts";
import { studentTQuantile } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** A mean of independent repetitions with Student's interval. All in the unit of the values. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly halfWidth: number;
  /** Half-width over |mean|; `null` where the mean is 0. */
  readonly relativeHalfWidth: number | null;
  readonly standardDeviation: number;
  /** Repetitions that counted; gaps do not. */
  readonly n: number;
  readonly confidence: number;
}

/**
 * Student's interval of the mean of independent repetitions; `null` with fewer than two of them.
 *
 * The values must be whole runs. Seconds of one run are correlated, and an interval made of them
 * is several times too narrow: use `batchMeans` there. The percentile bootstrap is not offered:
 * with fewer than 20 runs it covers less than it claims.
 */
export function meanInterval(
  repetitions: Readings,
  confidence: number = THRESHOLDS.confidence,
): MeanInterval | null {
  const values = finiteOf(repetitions);
  const mean = meanOf(values);
  const standardDeviation = deviationOf(values);
  const t = studentTQuantile((1 + confidence) / 2, values.length - 1);
  if (mean === null || standardDeviation === null || t === null) return null;
  const halfWidth = (t * standardDeviation) / Math.sqrt(values.length);
  return {
    mean,
    low: mean - halfWidth,
    high: mean + halfWidth,
    halfWidth,
    relativeHalfWidth: mean === 0 ? null : halfWidth / Math.abs(mean),
    standardDeviation,
    n: values.length,
    confidence,
  };
}
