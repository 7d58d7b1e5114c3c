import type { InstanceSeries, RunRecord } from "../../record/run-record.ts";

/** A line of one probe: instants and values of the same length, `null` for a gap. */
export interface Line {
  readonly t: readonly number[];
  readonly v: readonly (number | null)[];
}

/** All instances that a probe read, in the order of the record; none where the probe is absent. */
export function instancesOf(
  record: RunRecord,
  probe: string,
): readonly (readonly [string, InstanceSeries])[] {
  return [...(record.probes.get(probe)?.on ?? [])];
}

/**
 * All lines of a series: the plain one, or one per matching key. A line that never had a value does
 * not apply here (no such setting, no such version) and is left out.
 */
export function readLines(
  { t, values, keyed }: InstanceSeries,
  name: string,
  keys?: RegExp,
): Line[] {
  const byKey = [...keyed].filter(([key]) => keys === undefined || keys.test(key));
  return [values.get(name), ...byKey.map(([, series]) => series.get(name))]
    .filter((v) => v?.some((x) => x !== null) === true)
    .map((v) => ({ t, v: v! }));
}

/** Adds lines of the same instants; a gap in one is a gap in the sum. */
export function sumLines(lines: readonly Line[]): Line | null {
  const [first] = lines;
  if (first === undefined) return null;
  const v = first.t.map((_, i) =>
    lines.reduce<number | null>((sum, line) => {
      const x = line.v[i] ?? null;
      return sum === null || x === null ? null : sum + x;
    }, 0),
  );
  return { t: first.t, v };
}

/**
 * A counter as growth per second. Where it fell (a reset, a restart) or a reading is missing there
 * is no rate: `null`.
 */
export function ratePerSecond({ t, v }: Line): Line {
  const rate = v.map((now, i) => {
    const before = v[i - 1] ?? null;
    const ms = i === 0 ? 0 : t[i]! - t[i - 1]!;
    return now === null || before === null || now < before || ms <= 0
      ? null
      : ((now - before) * 1000) / ms;
  });
  return { t: t.slice(1), v: rate.slice(1) };
}

export function scaleLine({ t, v }: Line, factor: number): Line {
  return { t, v: v.map((x) => (x === null ? null : x * factor)) };
}
