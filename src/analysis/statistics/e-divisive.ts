/** The best place to split a stretch of a series, and how unlike the two sides are. */
export interface EnergySplit {
  /** Index of the first reading of the right side. */
  readonly at: number;
  /** Energy distance of the sides, scaled by their sizes; larger is more unlike. */
  readonly distance: number;
}

/**
 * Where the energy distance between a left side and a stretch right of it is largest, within
 * `[start, end)`; `null` where the stretch cannot hold two sides of `sideMin` readings.
 *
 * q(τ, κ) = τ(κ−τ)/κ · (2·mean|x−y| − mean|x−x'| − mean|y−y'|), over all splits τ and ends κ.
 *
 * @see Matteson and James 2014, https://arxiv.org/abs/1306.4933
 */
export function bestEnergySplit(
  values: readonly number[],
  { start = 0, end = values.length, sideMin = 1 } = {},
): EnergySplit | null {
  let best: EnergySplit | null = null;
  let insideLeft = 0;
  // fromLeft[k]: sum of the distances of reading k to all readings left of the split.
  const fromLeft = new Float64Array(end - start);
  const fromBefore = distancesToEarlier(values, start, end);
  for (let at = start + 1; at <= end - sideMin; at += 1) {
    // The reading before the split has just moved to the left side.
    insideLeft += fromLeft[at - 1 - start]!;
    for (let k = start; k < end; k += 1) {
      fromLeft[k - start]! += Math.abs(values[k]! - values[at - 1]!);
    }
    if (at - start < sideMin) continue;
    const found = bestEnd({ start, at, end, sideMin, insideLeft, fromLeft, fromBefore });
    if (best === null || found > best.distance) best = { at, distance: found };
  }
  return best;
}

interface Split {
  readonly start: number;
  readonly at: number;
  readonly end: number;
  readonly sideMin: number;
  readonly insideLeft: number;
  readonly fromLeft: Float64Array;
  readonly fromBefore: Float64Array;
}

/** For each reading of the stretch, the sum of its distances to those before it. */
function distancesToEarlier(values: readonly number[], start: number, end: number): Float64Array {
  const sums = new Float64Array(end - start);
  for (let k = start; k < end; k += 1) {
    for (let j = start; j < k; j += 1) sums[k - start]! += Math.abs(values[k]! - values[j]!);
  }
  return sums;
}

/** The largest distance over all right sides that begin at the split. */
function bestEnd(split: Split): number {
  const { start, at, end, sideMin, insideLeft, fromLeft, fromBefore } = split;
  const left = at - start;
  const meanLeft = left > 1 ? (2 * insideLeft) / (left * (left - 1)) : 0;
  let between = 0;
  let insideRight = 0;
  let best = -Infinity;
  for (let k = at; k < end; k += 1) {
    between += fromLeft[k - start]!;
    // Distances to what lies between the split and here.
    insideRight += fromBefore[k - start]! - fromLeft[k - start]!;
    const right = k - at + 1;
    if (right < sideMin) continue;
    const meanRight = right > 1 ? (2 * insideRight) / (right * (right - 1)) : 0;
    const unlike = (2 * between) / (left * right) - meanLeft - meanRight;
    best = Math.max(best, ((left * right) / (left + right)) * unlike);
  }
  return best;
}

export interface EDivisiveOptions {
  readonly pValueMax?: number;
  readonly permutations?: number;
  readonly sideMin?: number;
  /** Uniform in [0, 1), seeded. */
  readonly random: () => number;
}

/**
 * E-divisive: splits again and again while a permutation test says that the sides differ. Gives
 * the indices at which a new level starts, ascending. For a series without gaps of a few hundred
 * readings; `changePoints` is faster and needs no randomness.
 */
export function eDivisive(values: readonly number[], options: EDivisiveOptions): number[] {
  const { pValueMax = 0.01, permutations = 199, sideMin = 5, random } = options;
  const cuts: number[] = [];
  for (;;) {
    const edges = [0, ...cuts, values.length];
    const found = bestOver(values, edges, sideMin);
    if (found === null) return cuts;
    let asExtreme = 1;
    for (let i = 0; i < permutations; i += 1) {
      const shuffled = shuffleWithin(values, edges, random);
      if ((bestOver(shuffled, edges, sideMin)?.distance ?? 0) >= found.distance) asExtreme += 1;
      if (asExtreme / (permutations + 1) > pValueMax) return cuts;
    }
    cuts.push(found.at);
    cuts.sort((a, b) => a - b);
  }
}

function bestOver(values: readonly number[], edges: readonly number[], sideMin: number) {
  let best: EnergySplit | null = null;
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const range = { start: edges[i]!, end: edges[i + 1]!, sideMin };
    const found = bestEnergySplit(values, range);
    if (found !== null && (best === null || found.distance > best.distance)) best = found;
  }
  return best;
}

function shuffleWithin(values: readonly number[], edges: readonly number[], random: () => number) {
  const shuffled = [...values];
  for (let e = 0; e + 1 < edges.length; e += 1) {
    for (let i = edges[e + 1]! - 1; i > edges[e]!; i -= 1) {
      const j = edges[e]! + Math.floor(random() * (i - edges[e]! + 1));
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
  }
  return shuffled;
}
