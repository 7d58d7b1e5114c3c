import { type MeanInterval, meanInterval } from "./confidence-interval.ts";
import { autocorrelationOf, meanOf } from "./moments.ts";
import { finiteOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** An interval within one run. It says nothing of what another run would give. */
export interface WithinRun {
  readonly is: "within-run";
  readonly interval: MeanInterval;
  readonly batchS: number;
  readonly batches: number;
  /** Correlation of neighbouring batches; well above 0 the batches are too short. */
  readonly lag1: number | null;
}

/**
 * The interval of the mean of a one-second series, from means of batches that are long enough to
 * be nearly independent: at least 30 s, and whole checkpoint cycles where `cycleS` is known.
 *
 * A batch with more than a fifth of gaps is left out; what is left over at the end is not used.
 *
 * @see Law, "Simulation Modeling and Analysis", section 9.5.3
 */
export function batchMeans(
  oneSecond: Readings,
  { cycleS = null, confidence = THRESHOLDS.confidence }: BatchOptions = {},
): WithinRun | Unknown {
  const batchS = Math.max(THRESHOLDS.batchSMin, Math.ceil(cycleS ?? 0));
  const means: number[] = [];
  for (let start = 0; start + batchS <= oneSecond.length; start += batchS) {
    const values = finiteOf(oneSecond.slice(start, start + batchS));
    if (values.length >= (1 - THRESHOLDS.gapShareMax) * batchS) means.push(meanOf(values)!);
  }
  const interval = meanInterval(means, confidence);
  if (means.length < THRESHOLDS.batchesMin || interval === null) {
    return unknownBecause(
      `${oneSecond.length} s hold ${means.length} whole batches of ${batchS} s; ` +
        `${THRESHOLDS.batchesMin} are needed for an interval within a run.`,
    );
  }
  const lag1 = autocorrelationOf(means);
  return { is: "within-run", interval, batchS, batches: means.length, lag1 };
}

export interface BatchOptions {
  /** Length of a checkpoint cycle in seconds; `null` where it is not known. */
  readonly cycleS?: number | null;
  readonly confidence?: number;
}
