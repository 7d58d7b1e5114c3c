import { changePoints } from "./change-points.ts";
import { meanOf, medianOf, variationOf } from "./moments.ts";
import { finiteOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** What is known of a volume (or of a CPU) under a load, one reading a second. */
export interface BurstEvidence {
  /** Work done: I/O operations, bytes or transactions per second. */
  readonly rate: Readings;
  /** Time per operation; `null` where it was not read. */
  readonly latencyMs: Readings | null;
  /** Load that was offered: a rate, or clients of a closed loop; `null` where it is not known. */
  readonly offered: Readings | null;
  /** Baselines of the storage classes that it could be, in the unit of `rate`; may be empty. */
  readonly baselines: readonly number[];
}

export type BurstCredits =
  | {
      readonly is: "exhausted";
      /** Seconds into the series at which the level fell. */
      readonly atS: number;
      readonly burstRate: number;
      /** The level that lasts: capacity is judged by this one. */
      readonly baselineRate: number;
      readonly dropShare: number;
      readonly variationBefore: number;
      readonly variationAfter: number;
      /** The class baseline that the plateau lies on; `null` where none fits. */
      readonly matchedBaseline: number | null;
      /** Confirmed: flat ceiling, latency up and a known baseline. Else an idle pause must confirm. */
      readonly confidence: "confirmed" | "suspected";
      readonly because: string;
    }
  | { readonly is: "absent"; readonly because: string }
  | Unknown;

/**
 * Tells whether burst credits ran out: under constant load the level falls by 30 % or more, onto a
 * flat ceiling that lasts, while latency rises.
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp2-performance
 */
export function detectBurstCredits(evidence: BurstEvidence): BurstCredits {
  const { rate } = evidence;
  const { burstBeforeSMin, burstAfterSMin, gapShareMax } = THRESHOLDS;
  const readings = finiteOf(rate).length;
  if (readings < burstBeforeSMin + burstAfterSMin) {
    return unknownBecause(`${readings} s are too short to see a level and the one after it.`);
  }
  if (readings < (1 - gapShareMax) * rate.length) {
    return unknownBecause(`${rate.length - readings} of ${rate.length} seconds are gaps.`);
  }
  const at = deepestDrop(rate);
  if (at === null) return absent("The level does not fall by 30 % or more.");
  const before = finiteOf(rate.slice(0, at));
  const after = finiteOf(rate.slice(at));
  if (before.length < burstBeforeSMin || after.length < burstAfterSMin) {
    return unknownBecause(
      `The level falls at ${at} s; ${burstBeforeSMin} s before and ${burstAfterSMin} s after it ` +
        "are needed to judge why.",
    );
  }
  return judgeDrop(evidence, at, before, after);
}

function absent(because: string): BurstCredits {
  return { is: "absent", because };
}

/** Where the level falls furthest, if it falls far enough. */
function deepestDrop(rate: Readings): number | null {
  const drops = changePoints(rate).filter(
    ({ changeShare }) => changeShare !== null && changeShare <= -THRESHOLDS.burstDropShareMin,
  );
  if (drops.length === 0) return null;
  const fall = (drop: (typeof drops)[number]) => drop.meanBefore - drop.meanAfter;
  return drops.reduce((most, drop) => (fall(drop) > fall(most) ? drop : most)).at;
}

function judgeDrop(
  evidence: BurstEvidence,
  at: number,
  before: readonly number[],
  after: readonly number[],
): BurstCredits {
  const burstRate = meanOf(before)!;
  const baselineRate = medianOf(after)!;
  const variationBefore = variationOf(before) ?? 0;
  const variationAfter = variationOf(after) ?? 0;
  const dropShare = 1 - baselineRate / burstRate;
  const fall = `The level fell by ${(dropShare * 100).toFixed(0)} % at ${at} s`;
  if (dropShare < THRESHOLDS.burstDropShareMin) return absent(`${fall} and came back by itself.`);
  if (baselineRate <= 0) return absent(`${fall}, to nothing: a stall, not a ceiling.`);

  const offered = changeAt(evidence.offered, at);
  if (offered !== null && Math.abs(offered) > THRESHOLDS.burstOfferedShareMax) {
    return absent(`${fall}, but so did the offered load (by ${(-offered * 100).toFixed(0)} %).`);
  }
  const flatMax = Math.max(THRESHOLDS.burstVariationMax, 0.5 * variationBefore);
  if (variationAfter > flatMax) {
    const found = `${(variationAfter * 100).toFixed(0)} %`;
    return absent(`${fall}, but the new level is not a flat ceiling (it varies by ${found}).`);
  }
  const latency = changeAt(evidence.latencyMs, at);
  if (latency === null) {
    return unknownBecause(`${fall}; without latency a limit looks like less work.`);
  }
  if (latency < THRESHOLDS.burstLatencyRiseShareMin) {
    return absent(`${fall}, but latency did not rise: less was asked for.`);
  }
  const matchedBaseline = nearestBaseline(evidence.baselines, baselineRate);
  const isConfirmed = matchedBaseline !== null && offered !== null;
  return {
    is: "exhausted",
    atS: at,
    burstRate,
    baselineRate,
    dropShare,
    variationBefore,
    variationAfter,
    matchedBaseline,
    confidence: isConfirmed ? "confirmed" : "suspected",
    because:
      `${fall} onto a flat ceiling while latency rose by ${(latency * 100).toFixed(0)} %` +
      (matchedBaseline === null ? "." : `, at the class baseline of ${matchedBaseline}.`),
  };
}

/** Median after over median before, less 1; `null` where either side has no reading. */
function changeAt(readings: Readings | null, at: number): number | null {
  if (readings === null) return null;
  const before = medianOf(finiteOf(readings.slice(0, at)));
  const after = medianOf(finiteOf(readings.slice(at)));
  return before === null || after === null || before <= 0 ? null : after / before - 1;
}

function nearestBaseline(baselines: readonly number[], level: number): number | null {
  const fitting = baselines
    .filter((baseline) => Math.abs(level / baseline - 1) <= THRESHOLDS.burstBaselineShareMax)
    .sort((a, b) => Math.abs(level - a) - Math.abs(level - b));
  return fitting[0] ?? null;
}
