/** A series or a set of repetitions as the record holds it: `null` is a gap, never 0. */
export type Readings = readonly (number | null)[];

/** Something that the data at hand cannot tell, and why. */
export interface Unknown {
  readonly is: "unknown";
  /** A sentence for people, with the figures that were found and wanted. */
  readonly because: string;
}

/** The readings that are numbers, in order. `null`, NaN and the infinities are gaps. */
export function finiteOf(readings: Readings): number[] {
  return readings.filter((value): value is number => value !== null && Number.isFinite(value));
}

/** One reading with the place that it had in its series. */
export interface Placed {
  /** Index in the series that it came from; with one reading a second, seconds since its start. */
  readonly at: number;
  readonly value: number;
}

/** Like `finiteOf`, but each reading keeps its place, so that a gap does not shift time. */
export function placedOf(readings: Readings): Placed[] {
  return readings.flatMap((value, at) =>
    value !== null && Number.isFinite(value) ? [{ at, value }] : [],
  );
}

/** An `Unknown` with its reason. */
export function unknownBecause(because: string): Unknown {
  return { is: "unknown", because };
}
