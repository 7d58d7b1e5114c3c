import type { Series } from "./evidence.ts";
import { medianOf } from "./statistics/moments.ts";
import { type Slope, theilSen } from "./statistics/theil-sen.ts";
import type { Unknown } from "./statistics/readings.ts";

/** The samples that are not gaps. */
export function samplesOf(series: Series | null): number[] {
  return (series?.v ?? []).filter(
    (value): value is number => value !== null && Number.isFinite(value),
  );
}

/** Mean level; `null` where there is only gaps. Samples are taken as evenly spaced. */
export function meanLevel(series: Series | null): number | null {
  const values = samplesOf(series);
  return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
}

export function maxLevel(series: Series | null): number | null {
  const values = samplesOf(series);
  return values.length === 0 ? null : values.reduce((most, v) => Math.max(most, v), -Infinity);
}

export function minLevel(series: Series | null): number | null {
  const values = samplesOf(series);
  return values.length === 0 ? null : values.reduce((least, v) => Math.min(least, v), Infinity);
}

/** The level that half of the samples are above; `null` where there is only gaps. */
export function medianLevel(series: Series | null): number | null {
  return medianOf(samplesOf(series));
}

export function firstLevel(series: Series | null): number | null {
  return samplesOf(series)[0] ?? null;
}

export function lastLevel(series: Series | null): number | null {
  return samplesOf(series).at(-1) ?? null;
}

/** Growth per second of a gauge with its interval (Theil and Sen), gaps left out. */
export function slopePerS(series: Series | null): Slope | Unknown {
  if (series === null) return { is: "unknown", because: "The series is not in the record." };
  return theilSen(
    series.t.flatMap((t, i) => {
      const y = series.v[i] ?? null;
      return y === null ? [] : [{ x: t / 1000, y }];
    }),
  );
}

/** The sum of gauges that were sampled together, where the key is wanted; `null` without any key at all. */
export function sumOfKeys(
  keyed: ReadonlyMap<string, Series>,
  isWanted: (key: string) => boolean,
): Series | null {
  const [any] = [...keyed.values()].toSorted((a, b) => b.t.length - a.t.length);
  if (any === undefined) return null;
  const wanted = [...keyed].filter(([key]) => isWanted(key)).map(([, { v }]) => v);
  const v = any.v.map((value, i) =>
    value === null ? null : wanted.reduce((sum, values) => sum + (values[i] ?? 0), 0),
  );
  return { t: any.t, v };
}
