/**
 * An offered rate that changes over time. What an open loop needs of it are the transactions that are
 * expected to be due by an instant, and the instant by which so many are: a schedule of constant rate
 * is bent to the profile through them, exactly and for any kind of arrivals.
 *
 * Source: Çınlar, "Introduction to Stochastic Processes" (1975), section 4.7: the inverse of the
 * cumulative rate turns a Poisson process of rate 1 into one that follows the profile.
 */

/** A stretch in which the rate goes from one value to another in a straight line. */
export interface ProfilePiece {
  readonly durationMs: number;
  readonly fromTps: number;
  readonly toTps: number;
}

/**
 * `pieces`: one after the other from the start of the load; the last rate is kept from then on.
 * `day`: from low to high and back in each period, as a cosine, low at the start.
 */
export type RateProfile =
  | { readonly kind: "pieces"; readonly pieces: readonly ProfilePiece[] }
  | {
      readonly kind: "day";
      readonly lowTps: number;
      readonly highTps: number;
      readonly periodMs: number;
    };

/** Transactions expected to be due in the first `ms` of the load. */
export function expectUntil(profile: RateProfile, ms: number): number {
  return profile.kind === "day" ? expectOfDay(profile, ms) : expectOfPieces(profile.pieces, ms);
}

/** When so many transactions are expected to be due, in ms since the start; infinite for never. */
export function findExpected(profile: RateProfile, count: number): number {
  return profile.kind === "day" ? findInDay(profile, count) : findInPieces(profile.pieces, count);
}

type Day = RateProfile & { readonly kind: "day" };

function expectOfPieces(pieces: readonly ProfilePiece[], ms: number): number {
  let expected = 0;
  let leftMs = ms;
  for (const piece of pieces) {
    const { durationMs, fromTps, toTps } = piece;
    const spentMs = Math.min(leftMs, durationMs);
    const endTps = fromTps + ((toTps - fromTps) * spentMs) / durationMs;
    expected += (((fromTps + endTps) / 2) * spentMs) / 1000;
    leftMs -= spentMs;
    if (leftMs <= 0) return expected;
  }
  return expected + (lastTps(pieces) * leftMs) / 1000;
}

function findInPieces(pieces: readonly ProfilePiece[], count: number): number {
  let left = count;
  let ms = 0;
  for (const { durationMs, fromTps, toTps } of pieces) {
    const held = (((fromTps + toTps) / 2) * durationMs) / 1000;
    if (left < held) {
      // The root of `from·t + slope·t²/2 = left` in the form that loses no digits at a small slope.
      const slope = ((toTps - fromTps) * 1000) / durationMs;
      return ms + (2000 * left) / (fromTps + Math.sqrt(fromTps ** 2 + 2 * slope * left));
    }
    left -= held;
    ms += durationMs;
  }
  return ms + (left * 1000) / lastTps(pieces);
}

function lastTps(pieces: readonly ProfilePiece[]): number {
  return pieces.at(-1)?.toTps ?? 0;
}

function expectOfDay({ lowTps, highTps, periodMs }: Day, ms: number): number {
  const turns = ms / periodMs;
  const swing = ((highTps - lowTps) / 2) * (Math.sin(2 * Math.PI * turns) / (2 * Math.PI));
  return (((highTps + lowTps) / 2) * turns - swing) * (periodMs / 1000);
}

/** Newton's method, kept inside an interval that it narrows: the rate may be 0 at the low. */
function findInDay(day: Day, count: number): number {
  const { lowTps, highTps, periodMs } = day;
  const perPeriod = (((lowTps + highTps) / 2) * periodMs) / 1000;
  const period = Math.floor(count / perPeriod);
  const wanted = count - period * perPeriod;
  let from = 0;
  let to = periodMs;
  let ms = (wanted / perPeriod) * periodMs;
  for (let round = 0; round < 60; round++) {
    const excess = expectOfDay(day, ms) - wanted;
    if (excess > 0) to = ms;
    else from = ms;
    const share = (1 - Math.cos((2 * Math.PI * ms) / periodMs)) / 2;
    const next = ms - (excess * 1000) / (lowTps + (highTps - lowTps) * share);
    const kept = next > from && next < to ? next : (from + to) / 2;
    if (Math.abs(kept - ms) < PRECISION_MS) return period * periodMs + kept;
    ms = kept;
  }
  return period * periodMs + ms;
}

/** A thousandth of what the clock resolves. */
const PRECISION_MS = 1e-6;
