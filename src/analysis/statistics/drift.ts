import { autocorrelationOf, meanOf } from "./moments.ts";
import { type Placed, type Unknown, unknownBecause } from "./readings.ts";
import { theilSen } from "./theil-sen.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** How far a series moves over its whole length, as shares of its mean; negative is down. */
export interface Drift {
  readonly is: "drift";
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Theil–Sen slope times the length, over the mean. The interval is widened by the correlation that
 * is left between neighbours, since seconds of one run are not independent.
 */
export function driftOf(placed: readonly Placed[]): Drift | Unknown {
  const mean = meanOf(placed.map(({ value }) => value));
  if (mean === null || mean === 0)
    return unknownBecause("A series around 0 has no relative drift.");
  const points =
    placed.length >= THRESHOLDS.driftBatchedFrom ? batched(placed) : placed.map(toPoint);
  const line = theilSen(points, THRESHOLDS.driftConfidence);
  if (line.is === "unknown") return line;
  const residuals = points.map(({ x, y }) => y - line.intercept - line.slope * x);
  const correlation = Math.min(
    THRESHOLDS.driftCorrelationMax,
    Math.max(0, autocorrelationOf(residuals) ?? 0),
  );
  const widen = Math.sqrt((1 + correlation) / (1 - correlation));
  const lengthS = placed.at(-1)!.at - placed[0]!.at + 1;
  const toShare = (slope: number) => (slope * lengthS) / Math.abs(mean);
  return {
    is: "drift",
    share: toShare(line.slope),
    low: toShare(line.slope - widen * (line.slope - line.low)),
    high: toShare(line.slope + widen * (line.high - line.slope)),
  };
}

function toPoint({ at, value }: Placed) {
  return { x: at, y: value };
}

function batched(placed: readonly Placed[]) {
  const points: { x: number; y: number }[] = [];
  for (
    let start = 0;
    start + THRESHOLDS.driftBatchS <= placed.length;
    start += THRESHOLDS.driftBatchS
  ) {
    const batch = placed.slice(start, start + THRESHOLDS.driftBatchS);
    points.push({
      x: meanOf(batch.map(({ at }) => at))!,
      y: meanOf(batch.map(({ value }) => value))!,
    });
  }
  return points;
}
