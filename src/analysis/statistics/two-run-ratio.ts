import { deviationOf, meanOf } from "./moments.ts";
import { claimAlpha, judgeRatio, type PairedRatio } from "./paired-ratio.ts";
import { finiteOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { smallestRuns } from "./samples-needed.ts";
import { studentTCdf, studentTQuantile, studentTTwoSided } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";

export interface TwoRunOptions {
  readonly betterIs: "higher" | "lower";
  /**
   * Standard deviation, on logs, from one block of a run to the next: what time alone does to a figure.
   * Two runs are two times, and more repetitions in either do not average that away.
   */
  readonly blockDeviation: number;
  readonly relevantShare?: number;
  readonly confidence?: number;
}

/**
 * Compares B with A from the repetitions of two runs that were made one after the other.
 *
 * The error of the log ratio is that of both means and, twice, what time does from block to block: the
 * two runs are not interleaved, so that whatever changed between them looks like a difference. With
 * `blockDeviation` 0 this is Welch's comparison with pooled variance.
 *
 * `pairs` of the result is the smaller number of repetitions, `pairsNeeded` the repetitions of each.
 */
export function twoRunRatio(
  a: Readings,
  b: Readings,
  options: TwoRunOptions,
): PairedRatio | Unknown {
  const {
    confidence = THRESHOLDS.confidence,
    relevantShare = THRESHOLDS.relevantEffectShare,
    blockDeviation,
  } = options;
  const [logsA, logsB] = [logsOf(a), logsOf(b)];
  const [meanA, meanB] = [meanOf(logsA), meanOf(logsB)];
  const [deviationA, deviationB] = [deviationOf(logsA), deviationOf(logsB)];
  if (meanA === null || meanB === null || deviationA === null || deviationB === null) {
    return unknownBecause(
      `A comparison needs 2 repetitions of each; ${logsA.length} of A and ${logsB.length} of B count.`,
    );
  }
  const [nA, nB] = [logsA.length, logsB.length];
  const freedom = nA + nB - 2;
  const variance = ((nA - 1) * deviationA ** 2 + (nB - 1) * deviationB ** 2) / freedom;
  const errorOf = (runsA: number, runsB: number) =>
    Math.sqrt(variance / runsA + variance / runsB + 2 * blockDeviation ** 2);
  const error = errorOf(nA, nB);
  const difference = meanB - meanA;
  const half = studentTQuantile((1 + confidence) / 2, freedom)! * error;
  const pValue = twoSided(difference, error, freedom);
  const figures = {
    ratio: Math.exp(difference),
    low: Math.exp(difference - half),
    high: Math.exp(difference + half),
    hodgesLehmann: null,
  };
  const detectableLog = (logError: number, degrees: number) =>
    (studentTQuantile(1 - claimAlpha(confidence) / 2, degrees)! +
      studentTQuantile(THRESHOLDS.power, degrees)!) *
    logError;
  const logDetectable = detectableLog(error, freedom);
  const wanted = Math.log1p(relevantShare);
  return {
    is: "compared",
    ...figures,
    ...judgeRatio(
      {
        ...figures,
        relevantShare,
        basis: `${nA} and ${nB} repetitions`,
        isClaimable: pValue <= claimAlpha(confidence),
      },
      options.betterIs,
    ),
    pValue,
    equivalencePValue: equivalenceOf(difference, error, freedom, relevantShare),
    detectable: { riseShare: Math.expm1(logDetectable), fallShare: -Math.expm1(-logDetectable) },
    pairsNeeded:
      // No number of repetitions gets below what time does between the two runs.
      detectableLog(errorOf(Infinity, Infinity), RUNS_LIMIT) > wanted
        ? null
        : smallestRuns((runs) => detectableLog(errorOf(runs, runs), 2 * runs - 2) <= wanted, 2),
    pairs: Math.min(nA, nB),
    logDeviation: Math.sqrt(variance),
  };
}

/** As good as a normal deviate. */
const RUNS_LIMIT = 10_000;

function logsOf(readings: Readings): number[] {
  return finiteOf(readings)
    .filter((value) => value > 0)
    .map(Math.log);
}

function twoSided(difference: number, error: number, freedom: number): number {
  if (error === 0) return difference === 0 ? 1 : 0;
  return studentTTwoSided(difference / error, freedom)!;
}

function equivalenceOf(difference: number, error: number, freedom: number, share: number): number {
  const above = difference - Math.log1p(-share);
  const below = Math.log1p(share) - difference;
  if (error === 0) return above > 0 && below > 0 ? 0 : 1;
  return 1 - studentTCdf(Math.min(above, below) / error, freedom)!;
}
