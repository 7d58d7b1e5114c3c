import { autocorrelationOf, variationOf } from "./moments.ts";
import type { Placed } from "./readings.ts";
import { theilSen } from "./theil-sen.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** A rhythm in a series, such as that of checkpoints. */
export interface Period {
  readonly periodS: number;
  /** Autocorrelation at the period, 0 to 1. */
  readonly correlation: number;
}

/**
 * The period of a one-second series; `null` where it has none, or where fewer than 2.5 cycles were
 * seen. With `cycleS` only periods within a fifth of it count.
 *
 * The correlation must be high one period later and low half a period later: a slow drift is high
 * at both.
 */
export function findPeriod(placed: readonly Placed[], cycleS: number | null = null): Period | null {
  const values = placed.map(({ value }) => value);
  const variation = variationOf(values);
  if (values.length < THRESHOLDS.periodicSamplesMin || variation === null) return null;
  if (variation < THRESHOLDS.periodicVariationMin) return null;
  const width = Math.max(3, Math.floor(values.length / 60));
  const smooth = smoothed(detrended(placed), width);
  // The estimate shrinks with the lag, because fewer products are in it.
  const at = (lag: number) =>
    ((autocorrelationOf(smooth, lag) ?? 0) * smooth.length) / (smooth.length - lag);
  let best: Period | null = null;
  const lagMax = Math.floor(smooth.length / THRESHOLDS.periodicCyclesMin);
  for (let lag = 2 * width + 2; lag <= lagMax; lag += 1) {
    if (cycleS !== null && Math.abs(lag / cycleS - 1) > THRESHOLDS.periodicCycleShareMax) continue;
    const correlation = at(lag);
    if (correlation < THRESHOLDS.periodicCorrelationMin || at(Math.round(lag / 2)) > 0) continue;
    // A multiple of the period correlates as well; the shortest one that is nearly best is meant.
    const isMultiple = best !== null && lag > THRESHOLDS.periodicMultipleFrom * best.periodS;
    const more = isMultiple ? THRESHOLDS.periodicMultipleGainMin : 0;
    if (best === null || correlation > best.correlation + more) {
      best = { periodS: lag, correlation: Math.min(1, correlation) };
    }
  }
  return best;
}

function detrended(placed: readonly Placed[]): number[] {
  const line = theilSen(placed.map(({ at, value }) => ({ x: at, y: value })));
  const slope = line.is === "slope" ? line.slope : 0;
  return placed.map(({ at, value }) => value - slope * at);
}

function smoothed(values: readonly number[], width: number): number[] {
  const means: number[] = [];
  for (let end = width; end <= values.length; end += 1) {
    means.push(values.slice(end - width, end).reduce((sum, value) => sum + value, 0) / width);
  }
  return means;
}
