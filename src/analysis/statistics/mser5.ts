import { placedOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** Where the warm-up of a series ends, by the marginal standard error rule. */
export type WarmUpCut =
  | {
      readonly is: "cut";
      /** Readings at the head of the series that belong to the warm-up; 0: none. */
      readonly cutAt: number;
      readonly batches: number;
    }
  | { readonly is: "no-steady-state"; readonly batches: number; readonly because: string }
  | Unknown;

const BATCH = 5;

/**
 * MSER-5: cuts the head whose removal makes the standard error of the rest's mean smallest.
 *
 * Says `no-steady-state` where the best cut is half of the series. It misses slow warm-ups (a
 * ramp half as long as the window passes in one case of four), so it never decides alone.
 *
 * @see White, "An effective truncation heuristic for bias reduction in simulation output",
 * Simulation 69 (1997), https://doi.org/10.1177/003754979706900601
 */
export function mser5(readings: Readings): WarmUpCut {
  const placed = placedOf(readings);
  const means = batchesOf(placed.map(({ value }) => value));
  const batches = means.length;
  if (batches < THRESHOLDS.mserBatchesMin) {
    const wanted = THRESHOLDS.mserBatchesMin * BATCH;
    return unknownBecause(
      `MSER-5 needs ${wanted} readings, and ${placed.length} of ${readings.length} are there.`,
    );
  }
  const best = bestCut(means);
  if (best >= Math.floor(batches / 2)) {
    const because = `MSER-5 would cut half of the ${readings.length} readings or more.`;
    return { is: "no-steady-state", batches, because };
  }
  return { is: "cut", cutAt: best === 0 ? 0 : placed[best * BATCH]!.at, batches };
}

function batchesOf(values: readonly number[]): number[] {
  const means: number[] = [];
  for (let start = 0; start + BATCH <= values.length; start += BATCH) {
    means.push(values.slice(start, start + BATCH).reduce((sum, value) => sum + value, 0) / BATCH);
  }
  return means;
}

/** The number of leading batches, at most half, that minimises Σ(Z − Z̄)² / (m − d)². */
function bestCut(means: readonly number[]): number {
  let best = 0;
  let least = Infinity;
  for (let cut = 0; cut <= Math.floor(means.length / 2); cut += 1) {
    const kept = means.slice(cut);
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const squares = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const statistic = squares / kept.length ** 2;
    if (statistic < least) {
      least = statistic;
      best = cut;
    }
  }
  return best;
}
