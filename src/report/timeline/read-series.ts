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

/** All lines of a series: the plain one, or one per matching key. */
export function readLines(
  { t, values, keyed }: InstanceSeries,
  name: string,
  keys?: RegExp,
): Line[] {
  const plain = values.get(name);
  if (plain !== undefined) return plain.some((x) => x !== null) ? [{ t, v: plain }] : [];
  const lines = [...keyed]
    .filter(([key]) => keys === undefined || keys.test(key))
    .map(([, series]) => series.get(name) ?? []);
  return applicable(lines).map((v) => ({ t, v }));
}

/**
 * A key for which a series does not apply (fsyncs of a client backend) reads as 0 until the key was
 * first seen and as nothing from then on. Such a line is not a gap in the sum: it is left out.
 */
function applicable(
  lines: readonly (readonly (number | null)[])[],
): (readonly (number | null)[])[] {
  const grown = lines.filter((v) => v.some((x) => x !== null && x !== 0));
  return grown.length > 0
    ? grown
    : lines.filter((v) => v.length > 0 && v.at(-1) !== null).slice(0, 1);
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
