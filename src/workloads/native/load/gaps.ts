/**
 * Stretches without a completion. Several workers see one service: only where all of them went
 * without did the service.
 */
const KEPT_MAX = 4096;

export class GapRecorder {
  /** Gaps shorter than this are not kept. Grows where there are too many, so memory stays flat. */
  minMs = 5;
  private gaps: number[] = [];
  private lastMs = 0;

  /** `atMs` since the load's start, never falling. */
  complete(atMs: number): void {
    if (atMs - this.lastMs >= this.minMs) this.keep(this.lastMs, atMs);
    this.lastMs = atMs;
  }

  /** Ends the record: the stretch up to now counts too. */
  finish(atMs: number): Float64Array {
    this.complete(atMs);
    return Float64Array.from(this.gaps);
  }

  private keep(fromMs: number, toMs: number): void {
    this.gaps.push(fromMs, toMs);
    if (this.gaps.length < 2 * KEPT_MAX) return;
    this.minMs *= 2;
    const long: number[] = [];
    for (let i = 0; i < this.gaps.length; i += 2) {
      const [from, to] = [this.gaps[i] as number, this.gaps[i + 1] as number];
      if (to - from >= this.minMs) long.push(from, to);
    }
    this.gaps = long;
  }
}

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest stretch that is a gap in every list. @returns `null` where they share none. */
export function longestCommonGapOrNull(lists: readonly Float64Array[]): Gap | null {
  const [first, ...rest] = lists.map(toGaps);
  const common = rest.reduce(intersect, first ?? []);
  let longest: Gap | null = null;
  for (const gap of common) {
    if (longest === null || gap.toMs - gap.fromMs > longest.toMs - longest.fromMs) longest = gap;
  }
  return longest;
}

function toGaps(flat: Float64Array): Gap[] {
  const gaps: Gap[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    gaps.push({ fromMs: flat[i] as number, toMs: flat[i + 1] as number });
  }
  return gaps;
}

/** Both lists are in order and without overlap in themselves. */
function intersect(left: readonly Gap[], right: readonly Gap[]): Gap[] {
  const common: Gap[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [a, b] = [left[i] as Gap, right[j] as Gap];
    const fromMs = Math.max(a.fromMs, b.fromMs);
    const toMs = Math.min(a.toMs, b.toMs);
    if (fromMs < toMs) common.push({ fromMs, toMs });
    if (a.toMs < b.toMs) i++;
    else j++;
  }
  return common;
}
