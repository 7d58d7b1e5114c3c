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

/** A plain series of one instance; `null` where it is not in the record or never had a value. */
export function readLine(series: InstanceSeries, name: string): Line | null {
  const v = series.values.get(name);
  return v === undefined || v.every((x) => x === null) ? null : { t: series.t, v };
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
