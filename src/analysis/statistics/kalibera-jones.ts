import { type MeanInterval, meanInterval } from "./confidence-interval.ts";
import { meanOf, varianceOf } from "./moments.ts";
import { type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** Measurements in levels: batches in runs, runs in pods. `null` is a gap. */
export type Nested = number | null | readonly Nested[];

/** Where the variance of an experiment sits, and how often each level should be repeated. */
export interface RepetitionPlan {
  readonly is: "plan";
  /** Unbiased variance that each level adds, lowest level first; can be slightly negative. */
  readonly variances: readonly number[];
  /**
   * Repetitions of each level below the top that make the most of the time; `null` where the level
   * above adds no variance, so that repeating it is a waste and the lower level may go on as it is.
   */
  readonly repetitions: readonly (number | null)[];
  /** Of the grand mean, from the means of the top level only. */
  readonly interval: MeanInterval;
}

/**
 * Unbiased variances T² per level, optimal repetition counts and the interval of the mean.
 *
 * `costs[i]` is the extra time of one repetition at level i+1 (the lowest first, the top included),
 * in any unit: a batch, a run's ramp and reset, a pod's start. Gaps and groups with nothing in
 * them are left out; every group must keep two repetitions. Unequal groups count with their mean size.
 *
 * @see Kalibera and Jones, ISMM 2013, https://doi.org/10.1145/2464157.2464160, sections 6 and 7
 */
export function planRepetitions(
  measured: readonly Nested[],
  costs: readonly number[],
  confidence: number = THRESHOLDS.confidence,
): RepetitionPlan | Unknown {
  const whole = withoutGaps(measured);
  const depth = whole === null ? 0 : depthOf(whole);
  if (whole === null || depth < 2) {
    return unknownBecause("Two levels of repetition are needed, such as batches within runs.");
  }
  if (costs.length !== depth || costs.some((cost) => !(cost > 0))) {
    return unknownBecause(`${depth} levels need ${depth} costs above 0; ${costs.length} came.`);
  }
  const levels = levelsOf(whole, depth);
  const interval = meanInterval(whole.map(grandMean), confidence);
  const raw = levels.map(({ variances }) => meanOf(variances));
  if (interval === null || raw.includes(null)) {
    return unknownBecause("Every level needs two repetitions that gave a value.");
  }
  const variances = raw.map((variance, i) =>
    i === 0 ? variance! : variance! - raw[i - 1]! / levels[i - 1]!.size,
  );
  const repetitions = costs.slice(0, -1).map((cost, i) => {
    const [own, above] = [variances[i]!, variances[i + 1]!];
    if (own <= 0) return 1;
    return above <= 0 ? null : Math.ceil(Math.sqrt((costs[i + 1]! / cost) * (own / above)));
  });
  return { is: "plan", variances, repetitions, interval };
}

type Whole = number | Whole[];

function withoutGaps(nested: readonly Nested[]): Whole[] | null {
  const kept = nested.flatMap((item): Whole[] => {
    if (item === null) return [];
    if (typeof item === "number") return Number.isFinite(item) ? [item] : [];
    const inner = withoutGaps(item);
    return inner === null ? [] : [inner];
  });
  return kept.length === 0 ? null : kept;
}

function depthOf(nested: Whole): number {
  return typeof nested === "number" ? 0 : 1 + depthOf(nested[0]!);
}

function grandMean(nested: Whole): number {
  return typeof nested === "number" ? nested : meanOf(nested.map(grandMean))!;
}

/** Per level, lowest first: the variances of its groups' means, and the mean size of a group. */
function levelsOf(whole: Whole[], depth: number) {
  const levels: { variances: number[]; size: number }[] = [];
  let groups: Whole[] = [whole];
  for (let level = depth; level >= 1; level -= 1) {
    const lists = groups.filter((group): group is Whole[] => typeof group !== "number");
    const variances = lists.flatMap((group) => varianceOf(group.map(grandMean)) ?? []);
    levels.unshift({ variances, size: meanOf(lists.map((group) => group.length)) ?? 0 });
    groups = lists.flat();
  }
  return levels;
}
