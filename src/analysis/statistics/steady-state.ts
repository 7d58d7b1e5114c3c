/**
 * Says whether a run has a level that may be quoted, and from which second on. Three tests look at
 * throughput and at p95: MSER-5 and levels give the cut, the drift of the rest gives the verdict.
 */
import { type Drift, driftOf } from "./drift.ts";
import { meanOf, variationOf } from "./moments.ts";
import { findPeriod } from "./periodicity.ts";
import { type Placed, placedOf, type Readings } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { cutOf, fiveSecondMeans, type Signal } from "./warm-up-cut.ts";

export type SteadyStateName =
  | "steady"
  | "warming"
  | "drifting-down"
  | "periodic"
  | "unstable"
  | "unknown";

/** One reading a second, both series from the same second on. */
export interface SteadyStateInput {
  readonly throughputTps: Readings;
  /** `null` where latency was not recorded by the second. */
  readonly latencyMsP95: Readings | null;
  /** Length of a checkpoint cycle, where it is known. */
  readonly cycleS?: number | null;
}

export interface SteadyState {
  /** `unstable` and `unknown` allow no headline figure. */
  readonly state: SteadyStateName;
  /** Seconds at the head that do not belong to the level. */
  readonly cutS: number;
  readonly because: string;
  /** Drift of throughput over the rest, as a share of its mean; `null` where it is not known. */
  readonly slopeShare: number | null;
  /** Its 99 % interval: a drift as large as this could have gone unseen. */
  readonly slopeShareLow: number | null;
  readonly slopeShareHigh: number | null;
  /** The rhythm that was found; `null`: none. */
  readonly periodS: number | null;
  /** Shorter than 30 s: only a coarse slope was looked at, no change points, no MSER-5. */
  readonly isQuick: boolean;
}

/** Judges the one-second series of a run. Gaps are left out, never taken for 0. */
export function steadyState(input: SteadyStateInput): SteadyState {
  const throughput = placedOf(input.throughputTps);
  const refused = refuse(input.throughputTps, throughput);
  if (refused !== null) return refused;
  const latency = placedOf(input.latencyMsP95 ?? []);
  const isQuick = throughput.length < THRESHOLDS.steadyStateSamplesMin;
  if (isQuick) return judgeQuick(throughput);
  const period = findPeriod(throughput, input.cycleS ?? null);
  if (period !== null) return judgePeriodic(throughput, period.periodS);
  return judgeLong(throughput, latency.length >= THRESHOLDS.steadyStateSamplesMin ? latency : null);
}

function refuse(readings: Readings, placed: readonly Placed[]): SteadyState | null {
  const { quickSamplesMin, gapShareMax, zeroSecondsShareMax } = THRESHOLDS;
  if (placed.length < quickSamplesMin) {
    return answer("unknown", `${placed.length} s were read; ${quickSamplesMin} s are needed.`);
  }
  const gaps = readings.length - placed.length;
  if (gaps > gapShareMax * readings.length) {
    return answer("unknown", `${gaps} of ${readings.length} seconds are gaps.`);
  }
  const zeros = placed.filter(({ value }) => value <= 0).length;
  if (zeros === placed.length) return answer("unstable", "Nothing was completed.");
  if (zeros > zeroSecondsShareMax * placed.length) {
    return answer("unstable", `Nothing was completed in ${zeros} of ${placed.length} seconds.`);
  }
  return null;
}

/** Five to thirty seconds: a drift that is plain is said, and so is what could hide. */
function judgeQuick(placed: readonly Placed[]): SteadyState {
  const drift = driftOf(placed);
  if (drift.is === "unknown") return answer("unknown", drift.because);
  const seen = { drift, isQuick: true };
  const found = directionOf(drift, THRESHOLDS.throughputDriftShareMax, 1);
  const length = `${placed.length} s`;
  if (found !== null) {
    return answer(found, `Throughput moved by ${percent(drift.share)} within ${length}.`, seen);
  }
  const unclear = whyUnclear(drift, length);
  if (unclear !== null) return answer("unknown", unclear, seen);
  const hidden = Math.max(Math.abs(drift.low), Math.abs(drift.high));
  const because = `No drift within ${length}, which could hide one of ${percent(hidden)}.`;
  return answer("steady", because, seen);
}

/** A rhythm: whole cycles are compared with one another, and the mean is one over whole cycles. */
function judgePeriodic(placed: readonly Placed[], periodS: number): SteadyState {
  const cycles = Math.floor(placed.length / periodS);
  // The head that is no whole cycle goes: what is left counts every phase equally.
  const kept = placed.slice(placed.length - cycles * periodS);
  const cutS = cycles * periodS === placed.length ? 0 : kept[0]!.at;
  const drift = driftOf(kept);
  const seen = { drift: drift.is === "drift" ? drift : null, cutS, periodS };
  const means = Array.from({ length: cycles }, (_, i) =>
    meanOf(kept.slice(i * periodS, (i + 1) * periodS).map(({ value }) => value)),
  ).map((mean) => mean!);
  const trend = means.at(-1)! / means[0]! - 1;
  const isMonotonic = means.every((mean, i) => i === 0 || (mean - means[i - 1]!) * trend > 0);
  const isTrend = cycles >= THRESHOLDS.trendCyclesMin && isMonotonic;
  if (isTrend && Math.abs(trend) > THRESHOLDS.latencyDriftShareMax) {
    const state = trend > 0 ? "warming" : "drifting-down";
    return answer(state, `Cycle by cycle throughput moved by ${percent(trend)}.`, seen);
  }
  const because = `Throughput repeats every ${periodS} s; ${cycles} whole cycles were seen.`;
  return answer("periodic", because, seen);
}

function judgeLong(throughput: readonly Placed[], latency: readonly Placed[] | null): SteadyState {
  const signals: Signal[] = [
    {
      name: "Throughput",
      placed: throughput,
      betterSign: 1,
      driftShareMax: THRESHOLDS.throughputDriftShareMax,
    },
  ];
  if (latency !== null) {
    const driftShareMax = THRESHOLDS.latencyDriftShareMax;
    signals.push({ name: "p95", placed: latency, betterSign: -1, driftShareMax });
  }
  const lengthS = throughput.at(-1)!.at + 1;
  const cuts = signals.map((signal) => cutOf(signal));
  const cutS = Math.max(...cuts.map((cut) => cut.cutS));
  const unsettled = cuts.find((cut) => cut.unsettled !== null)?.unsettled ?? null;
  if (unsettled !== null) {
    const drift = driftOf(throughput);
    const seen = { drift: drift.is === "drift" ? drift : null, cutS };
    return answer(unsettled.state, unsettled.because, seen);
  }
  const kept = throughput.filter(({ at }) => at >= cutS);
  const drift = driftOf(kept);
  const seen = { drift: drift.is === "drift" ? drift : null, cutS };
  for (const signal of signals) {
    const own = driftOf(signal.placed.filter(({ at }) => at >= cutS));
    if (own.is === "unknown") continue;
    const found = directionOf(own, signal.driftShareMax, signal.betterSign);
    const because = `${signal.name} moved by ${percent(own.share)} from ${cutS} s to ${lengthS} s.`;
    if (found !== null) return answer(found, because, seen);
  }
  // A head that was better than the rest is no warm-up, however level the rest may be.
  const whole = cutS > THRESHOLDS.headShareMax * lengthS ? driftOf(throughput) : null;
  if (whole?.is === "drift") {
    const found = directionOf(whole, THRESHOLDS.throughputDriftShareMax, 1);
    const because = `Throughput moved by ${percent(whole.share)} within ${lengthS} s.`;
    if (found === "drifting-down") return answer(found, because, { ...seen, drift: whole });
  }
  return judgeRest(kept, lengthS, seen);
}

function judgeRest(kept: readonly Placed[], lengthS: number, seen: Seen): SteadyState {
  const variation = variationOf(fiveSecondMeans(kept));
  if (variation === null || variation > THRESHOLDS.unstableVariation) {
    const found = variation === null ? "is not known" : `is ${percent(variation)}`;
    return answer("unstable", `The variation of five-second means ${found}.`, seen);
  }
  const { drift } = seen;
  if (drift === null || drift === undefined) return answer("unknown", "No drift was found.", seen);
  const from = seen.cutS ?? 0;
  const unclear = whyUnclear(drift, `${lengthS - from} s`);
  if (unclear !== null) return answer("unknown", unclear, seen);
  return answer("steady", `One level from ${from} s to ${lengthS} s.`, seen);
}

/** Why the noise is too large to call the series level; `null` where it is not. */
function whyUnclear({ share, low, high }: Drift, length: string): string | null {
  if (Math.abs(share) > THRESHOLDS.unclearDriftShareMin) {
    const range = `${percent(low)} to ${percent(high)}`;
    return `Throughput may have moved by ${percent(share)} (${range}) within ${length}.`;
  }
  const hidden = Math.max(Math.abs(low), Math.abs(high));
  if (hidden <= THRESHOLDS.hiddenDriftShareMax) return null;
  return `A drift of ${percent(hidden)} could hide within ${length}.`;
}

function directionOf(drift: Drift, shareMax: number, betterSign: 1 | -1) {
  if (Math.abs(drift.share) <= shareMax || (drift.low <= 0 && drift.high >= 0)) return null;
  return drift.share * betterSign > 0 ? ("warming" as const) : ("drifting-down" as const);
}

interface Seen {
  readonly drift?: Drift | null;
  readonly cutS?: number;
  readonly periodS?: number;
  readonly isQuick?: boolean;
}

function answer(state: SteadyStateName, because: string, seen: Seen = {}): SteadyState {
  return {
    state,
    cutS: seen.cutS ?? 0,
    because,
    slopeShare: seen.drift?.share ?? null,
    slopeShareLow: seen.drift?.low ?? null,
    slopeShareHigh: seen.drift?.high ?? null,
    periodS: seen.periodS ?? null,
    isQuick: seen.isQuick ?? false,
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
