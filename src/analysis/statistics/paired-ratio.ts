import { type MeanInterval, meanInterval } from "./confidence-interval.ts";
import { normalQuantile } from "./normal.ts";
import type { Readings, Unknown } from "./readings.ts";
import { unknownBecause } from "./readings.ts";
import { smallestRuns } from "./samples-needed.ts";
import { studentTCdf, studentTQuantile, studentTTwoSided } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { signedRank } from "./wilcoxon.ts";

export type PairedVerdict = "better" | "worse" | "equivalent" | "cannot-distinguish";

/** A ratio with its interval: 1.05 is five per cent more. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** B against A, from runs in pairs. */
export interface PairedRatio extends RatioInterval {
  readonly is: "compared";
  readonly verdict: PairedVerdict;
  readonly because: string;
  /** Hodges–Lehmann with its exact interval; `null` with fewer than six pairs. */
  readonly hodgesLehmann: RatioInterval | null;
  /** Of no difference, two-sided, from Student's t on the log ratios. */
  readonly pValue: number;
  /** Of a relevant difference (two one-sided tests): small where the two are equivalent. */
  readonly equivalencePValue: number;
  /** What a comparison with this many pairs and this noise would find in four cases of five. */
  readonly detectable: {
    /** Smallest rise, as a share: 0.1 is ten per cent more. */
    readonly riseShare: number;
    /** Smallest fall, as a positive share; the same on the log scale. */
    readonly fallShare: number;
  };
  /** Pairs with which the smallest relevant effect would be found; `null`: beyond 100,000. */
  readonly pairsNeeded: number | null;
  readonly pairs: number;
  /** Standard deviation of ln(B/A). */
  readonly logDeviation: number;
}

export interface PairedOptions {
  /** Throughput: "higher"; latency: "lower". */
  readonly betterIs: "higher" | "lower";
  readonly relevantShare?: number;
  readonly confidence?: number;
}

/**
 * Compares B with A from pairs of runs that were made back to back, in a shuffled order.
 *
 * `a[i]` and `b[i]` are one pair; a pair with a gap, a zero or a negative value does not count.
 * Better or worse is said only where Student's test excludes 1 at half of α (`claimAlphaShare`), the
 * effect is relevant and, from six pairs on, the signed-rank interval agrees; equivalent only where the interval lies within
 * the relevant effect on both sides.
 *
 * @see Kalibera and Jones, ISMM 2013, https://doi.org/10.1145/2464157.2464160 (effect sizes)
 */
export function pairedRatio(
  a: Readings,
  b: Readings,
  options: PairedOptions,
): PairedRatio | Unknown {
  const { confidence = THRESHOLDS.confidence, relevantShare = THRESHOLDS.relevantEffectShare } =
    options;
  if (a.length !== b.length) {
    return unknownBecause(`Runs come in pairs, but there are ${a.length} of A, ${b.length} of B.`);
  }
  const logs = logRatios(a, b);
  const interval = meanInterval(logs, confidence);
  if (interval === null) {
    return unknownBecause(`A comparison needs 2 whole pairs; ${logs.length} of ${a.length} are.`);
  }
  const robust = signedRank(logs, confidence);
  const figures: RatioFigures = {
    ratio: Math.exp(interval.mean),
    low: Math.exp(interval.low),
    high: Math.exp(interval.high),
    hodgesLehmann:
      robust.is === "unknown" || logs.length < THRESHOLDS.signedRankPairsMin
        ? null
        : {
            ratio: Math.exp(robust.estimate),
            low: Math.exp(robust.low),
            high: Math.exp(robust.high),
          },
    relevantShare,
    basis: `${interval.n} pairs`,
    isClaimable: pValueOf(interval, 0) <= claimAlpha(confidence),
  };
  const logDetectable = detectableLog(interval.standardDeviation, interval.n, confidence);
  const { relevantShare: _share, isClaimable: _claimable, basis: _basis, ...shown } = figures;
  return {
    is: "compared",
    ...shown,
    ...judgeRatio(figures, options.betterIs),
    pValue: pValueOf(interval, 0),
    equivalencePValue: equivalenceOf(interval, relevantShare),
    detectable: { riseShare: Math.expm1(logDetectable), fallShare: -Math.expm1(-logDetectable) },
    pairsNeeded: pairsFor(interval.standardDeviation, relevantShare, confidence),
    pairs: interval.n,
    logDeviation: interval.standardDeviation,
  };
}

/** What a verdict over a ratio is made of. */
export interface RatioFigures extends RatioInterval {
  readonly hodgesLehmann: RatioInterval | null;
  readonly relevantShare: number;
  /** What the interval rests on, for people: `7 pairs`. */
  readonly basis: string;
  /** The difference from 1 is significant at the level at which verdicts are claimed. */
  readonly isClaimable: boolean;
}

/** The p-value up to which a difference is claimed beside intervals of this confidence. */
export function claimAlpha(confidence: number): number {
  return (1 - confidence) * THRESHOLDS.claimAlphaShare;
}

function logRatios(a: Readings, b: Readings): number[] {
  return a.flatMap((first, i) => {
    const second = b[i];
    if (first === null || second === null || second === undefined) return [];
    const log = Math.log(second / first);
    return first > 0 && second > 0 && Number.isFinite(log) ? [log] : [];
  });
}

/** The verdict over a ratio with its interval, and its reason. */
export function judgeRatio(figures: RatioFigures, betterIs: "higher" | "lower") {
  const { ratio, low, high, hodgesLehmann, relevantShare, basis, isClaimable } = figures;
  const range = `B is ${percent(ratio)} of A (${percent(low)} to ${percent(high)}, ${basis})`;
  const say = (verdict: PairedVerdict, because: string) => ({ verdict, because });
  if (low >= 1 - relevantShare && high <= 1 + relevantShare) {
    return say("equivalent", `${range}: within ${percent(relevantShare)} either way.`);
  }
  if (low <= 1 && high >= 1) {
    return say("cannot-distinguish", `${range}: both more and less are possible.`);
  }
  if (!isClaimable) {
    return say("cannot-distinguish", `${range}: an effect is likely, but not sure enough.`);
  }
  if (Math.abs(ratio - 1) < relevantShare) {
    return say("cannot-distinguish", `${range}: an effect, but not surely a relevant one.`);
  }
  if (hodgesLehmann !== null && hodgesLehmann.low <= 1 && hodgesLehmann.high >= 1) {
    return say("cannot-distinguish", `${range}, but the ranks of the pairs do not bear it out.`);
  }
  return say(ratio > 1 === (betterIs === "higher") ? "better" : "worse", `${range}.`);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function pValueOf(interval: MeanInterval, against: number): number {
  const error = interval.standardDeviation / Math.sqrt(interval.n);
  const difference = interval.mean - against;
  if (error === 0) return difference === 0 ? 1 : 0;
  return studentTTwoSided(difference / error, interval.n - 1)!;
}

/** The larger of the two one-sided p-values against ±relevant. */
function equivalenceOf(interval: MeanInterval, relevantShare: number): number {
  const error = interval.standardDeviation / Math.sqrt(interval.n);
  const above = interval.mean - Math.log1p(-relevantShare);
  const below = Math.log1p(relevantShare) - interval.mean;
  if (error === 0) return above > 0 && below > 0 ? 0 : 1;
  return 1 - studentTCdf(Math.min(above, below) / error, interval.n - 1)!;
}

/** Smallest |ln ratio| that is claimed with the customary power. */
function detectableLog(deviation: number, pairs: number, confidence: number): number {
  const t = studentTQuantile(1 - claimAlpha(confidence) / 2, pairs - 1)!;
  return ((t + studentTQuantile(THRESHOLDS.power, pairs - 1)!) * deviation) / Math.sqrt(pairs);
}

function pairsFor(deviation: number, relevantShare: number, confidence: number): number | null {
  const wanted = Math.log1p(relevantShare);
  const z = normalQuantile(1 - claimAlpha(confidence) / 2)! + normalQuantile(THRESHOLDS.power)!;
  return smallestRuns(
    (pairs) => detectableLog(deviation, pairs, confidence) <= wanted,
    ((z * deviation) / wanted) ** 2,
  );
}
