import { findKnee, type Rung, type RungMean, rungMeans } from "./knee.ts";
import { ascendingOf, quantileOfSorted, varianceOf } from "./moments.ts";
import { type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";
import {
  fitUsl,
  type UslCoefficients,
  type UslPoint,
  uslResidualShare,
  uslThroughput,
} from "./usl-fit.ts";

/** A figure with its bootstrap interval; `high` is `null` where the data set no upper bound. */
export interface UslEstimate {
  readonly is: "estimate";
  readonly value: number;
  readonly low: number;
  readonly high: number | null;
}

/** The Universal Scalability Law fitted to a ladder. What it cannot carry is unknown, with reason. */
export interface Usl extends UslCoefficients {
  readonly is: "fit";
  /** N*: clients at the peak, √((1−α)/β). */
  readonly peakClients: UslEstimate | Unknown;
  /** X*: throughput at the peak, transactions per second. */
  readonly peakTps: UslEstimate | Unknown;
  /** N_opt = 1/α: where the line of one client's speed meets the roof λ/α. */
  readonly optimalClients: UslEstimate | Unknown;
  /** λ/α, the throughput that no number of clients exceeds; `null` where α is 0. */
  readonly roofTps: number | null;
  /** Typical relative distance of a rung from the law. */
  readonly residualShare: number;
  readonly largestClients: number;
}

export interface UslOptions {
  /** Uniform in [0, 1), seeded: for the bootstrap. */
  readonly random: () => number;
  readonly resamples?: number;
  readonly confidence?: number;
}

/**
 * Fits the law to a ladder; refuses with fewer than 6 rungs, or where the law does not describe
 * them. The peak is told only with 2 rungs past the knee and within twice the largest rung.
 *
 * Intervals come from refits to rungs that are moved by the noise that was seen: the larger of the
 * spread between repetitions and the distance of the rungs from the law.
 */
export function fitLadder(rungs: readonly Rung[], options: UslOptions): Usl | Unknown {
  const means = rungMeans(rungs).filter(({ meanTps }) => meanTps > 0);
  if (means.length < THRESHOLDS.uslRungsMin) {
    return unknownBecause(
      `The law needs ${THRESHOLDS.uslRungsMin} rungs with different numbers of clients; ` +
        `${means.length} were measured.`,
    );
  }
  const points = means.map(({ clients, meanTps, values }) => ({
    clients,
    throughputTps: meanTps,
    weight: values.length,
  }));
  const fit = fitUsl(points);
  const residualShare = uslResidualShare(points, fit);
  if (residualShare > THRESHOLDS.uslResidualShareMax) {
    const share = (residualShare * 100).toFixed(0);
    return unknownBecause(`The rungs lie ${share} % off the law: it does not describe them.`);
  }
  const refits = resample(points, fit, noiseOf(means, residualShare), options);
  return { is: "fit", ...fit, ...figuresOf(rungs, means, fit, refits, options), residualShare };
}

/** √((1−α)/β); infinite without coherency cost, 1 where even two clients are too many. */
function peakOf({ alpha, beta }: UslCoefficients): number {
  if (beta <= 0) return Infinity;
  return Math.max(1, Math.sqrt(Math.max(0, 1 - alpha) / beta));
}

function figuresOf(
  rungs: readonly Rung[],
  means: readonly RungMean[],
  fit: UslCoefficients,
  refits: readonly UslCoefficients[],
  { confidence = THRESHOLDS.confidence }: UslOptions,
) {
  const largestClients = means.at(-1)!.clients;
  const bound = (of: (fit: UslCoefficients) => number) => estimate(of, fit, refits, confidence);
  const noPeak = whyNoPeak(rungs, means, fit);
  const optimal = fit.alpha > 0 ? 1 / fit.alpha : Infinity;
  const limit = THRESHOLDS.uslExtrapolationMax * largestClients;
  return {
    largestClients,
    roofTps: fit.alpha > 0 ? fit.lambdaTps / fit.alpha : null,
    peakClients: noPeak ?? bound(peakOf),
    peakTps: noPeak ?? bound((one) => uslThroughput(one, Math.min(peakOf(one), limit))),
    optimalClients:
      optimal > limit
        ? unknownBecause(`No queueing shows within ${limit} clients, twice the last rung.`)
        : bound(({ alpha }) => (alpha > 0 ? 1 / alpha : Infinity)),
  };
}

function whyNoPeak(
  rungs: readonly Rung[],
  means: readonly RungMean[],
  fit: UslCoefficients,
): Unknown | null {
  const largest = means.at(-1)!.clients;
  const knee = findKnee(rungs);
  if (knee.is === "unknown") return unknownBecause(`No peak in range: ${knee.because}`);
  const past = means.filter(({ clients }) => clients > knee.clients).length;
  if (past < THRESHOLDS.uslRungsPastKneeMin) {
    return unknownBecause(
      `Only ${past} rung lies past the knee at ${knee.clients} clients; ` +
        `${THRESHOLDS.uslRungsPastKneeMin} are needed to tell a peak.`,
    );
  }
  const peak = peakOf(fit);
  if (peak === Infinity) return unknownBecause(`No peak in range, up to ${largest} clients.`);
  if (peak > THRESHOLDS.uslExtrapolationMax * largest) {
    return unknownBecause(
      `The fitted peak, ${peak.toFixed(0)} clients, is more than twice the last rung (${largest}).`,
    );
  }
  return null;
}

function estimate(
  of: (fit: UslCoefficients) => number,
  fit: UslCoefficients,
  refits: readonly UslCoefficients[],
  confidence: number,
): UslEstimate {
  const ascending = ascendingOf(refits.map(of));
  // Nearest rank, since an infinite neighbour cannot be interpolated.
  const at = (quantile: number) => ascending[Math.round(quantile * (ascending.length - 1))]!;
  const high = at((1 + confidence) / 2);
  const low = ascending.every(Number.isFinite)
    ? quantileOfSorted(ascending, (1 - confidence) / 2)!
    : at((1 - confidence) / 2);
  return { is: "estimate", value: of(fit), low, high: Number.isFinite(high) ? high : null };
}

/** Relative standard deviation of one repetition. */
function noiseOf(means: readonly RungMean[], residualShare: number): number {
  let squares = 0;
  let freedom = 0;
  for (const { values, meanTps } of means) {
    squares += ((varianceOf(values) ?? 0) / meanTps ** 2) * (values.length - 1);
    freedom += values.length - 1;
  }
  const repetitions = means.reduce((sum, { values }) => sum + values.length, 0) / means.length;
  const pooled = freedom > 0 ? Math.sqrt(squares / freedom) : 0;
  return Math.max(pooled, residualShare * Math.sqrt(repetitions));
}

function resample(
  points: readonly UslPoint[],
  fit: UslCoefficients,
  noise: number,
  { random, resamples = 400 }: UslOptions,
): UslCoefficients[] {
  return Array.from({ length: resamples }, () =>
    fitUsl(
      points.map(({ clients, weight }) => {
        // Box and Muller; 1 − u is never 0.
        const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
        const factor = Math.exp((noise / Math.sqrt(weight)) * z);
        return { clients, weight, throughputTps: uslThroughput(fit, clients) * factor };
      }),
    ),
  );
}
