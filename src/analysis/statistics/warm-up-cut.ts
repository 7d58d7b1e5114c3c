import { type Levels, levelsOf } from "./levels.ts";
import { meanOf, variationOf } from "./moments.ts";
import { mser5 } from "./mser5.ts";
import type { Placed } from "./readings.ts";
import { studentTTwoSided } from "./student-t.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** A one-second series that is asked where its last level begins. */
export interface Signal {
  readonly name: string;
  readonly placed: readonly Placed[];
  /** 1 where more is better, −1 where less is. */
  readonly betterSign: 1 | -1;
  readonly driftShareMax: number;
}

/** Where a series settles. */
export interface Cut {
  readonly cutS: number;
  /** The series has no last level that is long enough. */
  readonly unsettled: { readonly state: Unsettled; readonly because: string } | null;
}

type Unsettled = "warming" | "drifting-down" | "unstable";

/** The later of two cuts, that of MSER-5 and the beginning of the last level. */
export function cutOf(signal: Signal): Cut {
  const levels = levelsOf(signal.placed);
  if (levels.lastShare < THRESHOLDS.lastLevelShareMin) {
    return { cutS: levels.lastFromAt, unsettled: unsettledBy(signal, levels) };
  }
  const readings = toReadings(signal.placed);
  const warmUp = mser5(readings);
  if (warmUp.is === "cut") {
    return { cutS: Math.max(warmUp.cutAt, levels.lastFromAt), unsettled: null };
  }
  const trend = warmUp.is === "no-steady-state" ? halvesDiffer(signal.placed) : null;
  if (trend === null || Math.abs(trend) <= signal.driftShareMax) {
    return { cutS: levels.lastFromAt, unsettled: null };
  }
  // By chance MSER-5 cuts half of a level series, too; the halves must differ as well.
  const state = trend * signal.betterSign > 0 ? "warming" : "drifting-down";
  const because = `${signal.name} has not settled: its second half differs by ${percent(trend)}.`;
  return { cutS: levels.lastFromAt, unsettled: { state, because } };
}

function unsettledBy(signal: Signal, { lastFromAt, riseShare, hasReturned }: Levels) {
  const since = `The last level of ${signal.name === "p95" ? "p95" : "throughput"} began at`;
  if (hasReturned) {
    const because = `${since} ${lastFromAt} s, after it had been left and reached again.`;
    return { state: "unstable" as const, because };
  }
  const rise = riseShare ?? 0;
  const state: Unsettled = rise * signal.betterSign > 0 ? "warming" : "drifting-down";
  return { state, because: `${since} ${lastFromAt} s (${percent(rise)} against before).` };
}

function toReadings(placed: readonly Placed[]): (number | null)[] {
  const readings: (number | null)[] = Array.from<null>({ length: placed.at(-1)!.at + 1 }).fill(
    null,
  );
  for (const { at, value } of placed) readings[at] = value;
  return readings;
}

/** Second half over first half, less 1, where Welch's test on five-second means tells them apart. */
function halvesDiffer(placed: readonly Placed[]): number | null {
  const means = fiveSecondMeans(placed);
  const half = Math.floor(means.length / 2);
  const [first, second] = [means.slice(0, half), means.slice(-half)];
  const [a, b] = [meanOf(first)!, meanOf(second)!];
  const spread = Math.hypot((variationOf(first) ?? 0) * a, (variationOf(second) ?? 0) * b);
  if (a === 0) return null;
  if (spread === 0) return b === a ? null : b / a - 1;
  const p = studentTTwoSided(((b - a) / spread) * Math.sqrt(half), 2 * half - 2)!;
  return p < 1 - THRESHOLDS.driftConfidence ? b / a - 1 : null;
}

/** Means of five readings each; a rest at the end is left out. */
export function fiveSecondMeans(placed: readonly Placed[]): number[] {
  const means: number[] = [];
  for (let start = 0; start + 5 <= placed.length; start += 5) {
    means.push(meanOf(placed.slice(start, start + 5).map(({ value }) => value))!);
  }
  return means;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
