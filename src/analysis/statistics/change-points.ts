import { bestEnergySplit } from "./e-divisive.ts";
import { deviationOf, meanOf } from "./moments.ts";
import { placedOf, type Readings } from "./readings.ts";
import { studentTTwoSided } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** A place where the level of a series changes, with the levels up to the neighbouring changes. */
export interface ChangePoint {
  /** Index, in the series with its gaps, of the first reading on the new level. */
  readonly at: number;
  readonly meanBefore: number;
  readonly meanAfter: number;
  /** Standard deviations of the two sides; `null` where a side has one reading. */
  readonly deviationBefore: number | null;
  readonly deviationAfter: number | null;
  /** after/before − 1; `null` where the level before is 0. */
  readonly changeShare: number | null;
  /** Two-sided, of Student's test between the two sides. */
  readonly pValue: number;
}

export interface ChangePointOptions {
  readonly window?: number;
  readonly pValueMax?: number;
  /** Changes smaller than this share are not told. */
  readonly magnitudeMin?: number;
  readonly sideMin?: number;
}

/**
 * Changes of level, as Apache Otava finds them: E-divisive in sliding windows with Student's test
 * at ten times the wanted significance, then the weakest are taken back from the bottom up.
 *
 * Deterministic. Differs from Otava in two points, both towards caution: the test uses the unbiased
 * variance, and both sides of a change have at least `sideMin` readings. Compare only like with like.
 *
 * @see https://doi.org/10.1145/3578244.3583719
 */
export function changePoints(readings: Readings, options: ChangePointOptions = {}): ChangePoint[] {
  const placed = placedOf(readings);
  const values = placed.map(({ value }) => value);
  const settings: Settings = {
    window: Math.max(4, options.window ?? THRESHOLDS.changeWindow),
    pValueMax: options.pValueMax ?? THRESHOLDS.changePValueMax,
    magnitudeMin: options.magnitudeMin ?? THRESHOLDS.changeMagnitudeMin,
    sideMin: Math.max(1, options.sideMin ?? THRESHOLDS.changeSidePointsMin),
  };
  const cuts = mergeWeak(values, weakCuts(values, settings), settings);
  const edges = [0, ...cuts, values.length];
  return cuts.map((cut, i) => ({
    ...compareSides(values, edges[i]!, cut, edges[i + 2]!),
    at: placed[cut]!.at,
  }));
}

type Settings = Required<ChangePointOptions>;

/** The union of what the windows show at the relaxed significance. */
function weakCuts(values: readonly number[], settings: Settings): number[] {
  const cuts = new Set<number>();
  const step = Math.floor(settings.window / 2);
  let start = 0;
  while (start < values.length) {
    const end = Math.min(start + settings.window, values.length);
    const found = cutsInWindow(values, start, end, settings);
    for (const cut of found) cuts.add(cut);
    start = Math.max(found.at(-1) ?? 0, start + step);
  }
  return [...cuts].sort((a, b) => a - b);
}

function cutsInWindow(
  values: readonly number[],
  start: number,
  end: number,
  settings: Settings,
): number[] {
  const relaxed =
    settings.pValueMax < THRESHOLDS.changeRelaxedBelow
      ? settings.pValueMax * THRESHOLDS.changeRelaxedTimes
      : settings.pValueMax;
  const cuts: number[] = [];
  for (;;) {
    const edges = [start, ...cuts, end];
    let best: { at: number; distance: number; from: number; to: number } | null = null;
    for (let i = 0; i + 1 < edges.length; i += 1) {
      const [from, to] = [edges[i]!, edges[i + 1]!];
      const found = bestEnergySplit(values, { start: from, end: to, sideMin: settings.sideMin });
      if (found !== null && (best === null || found.distance > best.distance)) {
        best = { ...found, from, to };
      }
    }
    if (best === null) return cuts;
    if (compareSides(values, best.from, best.at, best.to).pValue > relaxed) return cuts;
    cuts.push(best.at);
    cuts.sort((a, b) => a - b);
  }
}

/** Takes the weakest change away until all that are left are significant and large enough. */
function mergeWeak(values: readonly number[], weak: readonly number[], settings: Settings) {
  const cuts = [...weak];
  while (cuts.length > 0) {
    const edges = [0, ...cuts, values.length];
    const sides = cuts.map((cut, i) => compareSides(values, edges[i]!, cut, edges[i + 2]!));
    let weakest = indexOfMax(sides.map(({ pValue }) => pValue));
    if (sides[weakest]!.pValue < settings.pValueMax) {
      weakest = indexOfMax(sides.map((side) => -magnitudeOf(side)));
      if (magnitudeOf(sides[weakest]!) > settings.magnitudeMin) return cuts;
    }
    cuts.splice(weakest, 1);
  }
  return cuts;
}

/** The larger of the relative changes there and back. */
function magnitudeOf({ meanBefore, meanAfter }: ChangePoint): number {
  const there = meanBefore === 0 ? 0 : Math.abs(meanAfter / meanBefore - 1);
  const back = meanAfter === 0 ? 0 : Math.abs(meanBefore / meanAfter - 1);
  return Math.max(there, back);
}

function indexOfMax(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}

function compareSides(
  values: readonly number[],
  start: number,
  at: number,
  end: number,
): ChangePoint {
  const [left, right] = [values.slice(start, at), values.slice(at, end)];
  const meanBefore = meanOf(left)!;
  const meanAfter = meanOf(right)!;
  return {
    at,
    meanBefore,
    meanAfter,
    deviationBefore: deviationOf(left),
    deviationAfter: deviationOf(right),
    changeShare: meanBefore === 0 ? null : meanAfter / meanBefore - 1,
    pValue: pooledPValue(left, right, meanAfter - meanBefore),
  };
}

/** Student's test with pooled variance; a side of one reading adds nothing to the variance. */
function pooledPValue(left: readonly number[], right: readonly number[], difference: number) {
  const freedom = left.length + right.length - 2;
  if (freedom < 1) return 1;
  const squares = (side: readonly number[]) => (deviationOf(side) ?? 0) ** 2 * (side.length - 1);
  const pooled = (squares(left) + squares(right)) / freedom;
  if (pooled === 0) return difference === 0 ? 1 : 0;
  const error = Math.sqrt(pooled * (1 / left.length + 1 / right.length));
  return studentTTwoSided(difference / error, freedom)!;
}
