import { ascendingOf, quantileOfSorted } from "./moments.ts";
import { peltSegments, type Segment } from "./pelt.ts";
import type { Placed } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** The levels that a series goes through, and where its last one begins. */
export interface Levels {
  readonly segments: readonly Segment[];
  /** Place of the first reading from which on every level is like the last one. */
  readonly lastFromAt: number;
  /** Readings on the last level, as a share of all. */
  readonly lastShare: number;
  /** Mean of the last level over the mean of what came before it, less 1; `null`: only one level. */
  readonly riseShare: number | null;
  /** An earlier level was like the last one: the series left it and came back. */
  readonly hasReturned: boolean;
}

/**
 * Splits a series into levels (PELT on mean and variance, after outliers are taken out) and joins
 * from the end what is alike: means that differ by less than the last level's spread.
 *
 * @see Barrett et al., OOPSLA 2017, https://doi.org/10.1145/3133876, section 4
 */
export function levelsOf(placed: readonly Placed[]): Levels {
  const kept = withoutOutliers(placed);
  const segments = peltSegments(kept.map(({ value }) => value));
  const last = segments.at(-1)!;
  const closeness = Math.max(
    Math.sqrt(last.variance),
    THRESHOLDS.sameLevelShare * Math.abs(last.mean),
  );
  const isLast = segments.map(({ mean }) => Math.abs(mean - last.mean) <= closeness);
  const firstLast = isLast.lastIndexOf(false) + 1;
  const from = segments[firstLast]!.start;
  const before = meanOver(segments.slice(0, firstLast));
  const after = meanOver(segments.slice(firstLast))!;
  return {
    segments,
    lastFromAt: from === 0 ? 0 : kept[from]!.at,
    lastShare: (kept.length - from) / kept.length,
    riseShare: before === null || before === 0 ? null : after / before - 1,
    hasReturned: isLast.indexOf(true) < firstLast,
  };
}

function meanOver(segments: readonly Segment[]): number | null {
  const n = segments.reduce((sum, { start, end }) => sum + end - start, 0);
  const sum = segments.reduce((total, { start, end, mean }) => total + mean * (end - start), 0);
  return n === 0 ? null : sum / n;
}

/** Leaves out what is further from its window's median than three times P90 − P10. */
function withoutOutliers(placed: readonly Placed[]): Placed[] {
  const kept: Placed[] = [];
  for (let start = 0; start < placed.length; start += THRESHOLDS.outlierWindow) {
    // The last window is as long as the others, and overlaps the one before.
    const from = Math.max(0, Math.min(start, placed.length - THRESHOLDS.outlierWindow));
    const window = ascendingOf(
      placed.slice(from, from + THRESHOLDS.outlierWindow).map((one) => one.value),
    );
    const middle = quantileOfSorted(window, 0.5)!;
    const reach =
      THRESHOLDS.outlierReach * (quantileOfSorted(window, 0.9)! - quantileOfSorted(window, 0.1)!);
    const chunk = placed.slice(start, start + THRESHOLDS.outlierWindow);
    kept.push(...chunk.filter(({ value }) => Math.abs(value - middle) <= reach || reach === 0));
  }
  return kept;
}
