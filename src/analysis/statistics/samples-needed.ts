import { normalQuantile } from "./normal.ts";
import { studentTQuantile } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** How many independent samples a quantile asks for. */
export interface SamplesForQuantile {
  /** From here a two-sided, distribution-free bound exists at all: ln(α/2) / ln(p). */
  readonly boundFrom: number;
  /** From here the quantile may be printed: ten samples beyond it. */
  readonly printFrom: number;
}

/** Samples that a quantile in (0, 1) asks for; `null` for another number. */
export function samplesForQuantile(
  quantile: number,
  confidence: number = THRESHOLDS.confidence,
): SamplesForQuantile | null {
  if (!(quantile > 0 && quantile < 1 && confidence > 0 && confidence < 1)) return null;
  // The rarer side decides: for the median and below it is the lower one.
  const rare = Math.max(quantile, 1 - quantile);
  return {
    boundFrom: Math.ceil(Math.log((1 - confidence) / 2) / Math.log(rare)),
    // 1 − 0.99 is a little more than a hundredth in binary; rounding takes that back.
    printFrom: Math.ceil(
      Number((THRESHOLDS.samplesBeyondQuantileMin / (1 - rare)).toPrecision(12)),
    ),
  };
}

/** Why a quantile of `samples` values may not be printed; `null` where it may. */
export function whyNotPrintable(quantile: number, samples: number): string | null {
  const needed = samplesForQuantile(quantile);
  if (needed === null) return `A quantile lies between 0 and 1, but ${quantile} was asked for.`;
  if (samples >= needed.printFrom) return null;
  const name = `p${Number((quantile * 100).toPrecision(8))}`;
  return `${samples} samples are too few for ${name}: ${needed.printFrom} are needed.`;
}

/** What is known of the noise, and how precise the mean is to be. Shares of the mean. */
export interface PrecisionWanted {
  /** Run-to-run standard deviation over the mean. */
  readonly variation: number;
  /** Wanted half-width of the interval over the mean. */
  readonly halfWidth: number;
  readonly confidence?: number;
}

/** No experiment is repeated more often than this; beyond it the answer is "not this way". */
const RUNS_MAX = 100_000;

/** Runs until Student's interval is as narrow as wanted (2 or more); `null` beyond 100,000. */
export function runsForHalfWidth(wanted: PrecisionWanted): number | null {
  const { variation, halfWidth, confidence = THRESHOLDS.confidence } = wanted;
  const z = normalQuantile((1 + confidence) / 2);
  if (!(variation >= 0 && halfWidth > 0) || z === null) return null;
  return smallestRuns(
    (runs) => {
      const t = studentTQuantile((1 + confidence) / 2, runs - 1);
      return t !== null && (t * variation) / Math.sqrt(runs) <= halfWidth;
    },
    ((z * variation) / halfWidth) ** 2,
  );
}

/**
 * The smallest number of runs from `atLeast` on (2 or more) for which `isEnough`, one after another:
 * start from the normal approximation, which is short by a few runs only. `null` beyond 100,000.
 */
export function smallestRuns(isEnough: (runs: number) => boolean, atLeast: number): number | null {
  for (let runs = Math.max(2, Math.floor(atLeast)); runs <= RUNS_MAX; runs += 1) {
    if (isEnough(runs)) return runs;
  }
  return null;
}
