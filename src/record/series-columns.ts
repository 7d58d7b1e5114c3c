import type { LineSink } from "./growing-file.ts";
import { parseJsonLine } from "./parse-json-line.ts";
import type { InstanceSeries, ProbeSeries } from "./run-record.ts";
import type { Readings, SeriesHeader, SeriesLine } from "./series-format.ts";

type Column = (number | null)[];

/** Columns from the lines of one series file. */
export class SeriesColumns implements LineSink {
  readonly #file: string;
  readonly #on = new Map<string, InstanceColumns>();
  /** `null` before the head line: the run ended before it was written. */
  series: ProbeSeries | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  add(text: string, line: number): void {
    const parsed = parseJsonLine(this.#file, text, line);
    if (this.series === null) {
      this.series = { header: parsed as SeriesHeader, on: this.#on };
      return;
    }
    const read = parsed as SeriesLine;
    let columns = this.#on.get(read.on);
    if (columns === undefined) {
      columns = new InstanceColumns(this.series.header);
      this.#on.set(read.on, columns);
    }
    columns.add(read);
  }
}

/** What one probe read on one instance. */
class InstanceColumns implements InstanceSeries {
  readonly t: number[] = [];
  readonly values: ReadonlyMap<string, Column>;
  readonly keyed = new Map<string, ReadonlyMap<string, Column>>();
  readonly labels = new Map<string, Readonly<Record<string, string>>>();
  readonly gaps = new Map<string, number>();
  readonly gapTimes: number[] = [];
  readonly #header: SeriesHeader;
  readonly #names: readonly string[];
  /** Whether each instant was sampled: a key that comes later was 0 there, and is a gap elsewhere. */
  readonly #isSampled: boolean[] = [];
  /** Last known readings of each key, by the place of their names. */
  readonly #last = new Map<string, number[]>();

  constructor(header: SeriesHeader) {
    this.#header = header;
    this.#names = Object.keys(header.series);
    this.values = header.keyed ? new Map() : new Map(this.#names.map((name) => [name, []]));
  }

  add(line: SeriesLine): void {
    if ("labels" in line) {
      for (const [key, texts] of Object.entries(line.labels)) this.labels.set(key, texts);
      return;
    }
    if ("gap" in line) {
      this.gaps.set(line.gap, (this.gaps.get(line.gap) ?? 0) + 1);
      this.gapTimes.push(line.t);
    }
    if (this.#header.keyed) this.#addKeyed("k" in line ? line.k : null);
    else {
      const readings = "v" in line ? line.v : {};
      for (const [name, column] of this.values) column.push(readings[name] ?? null);
    }
    this.t.push(line.t);
  }

  /** A key that is absent where a sample was taken is 0 for a gauge, as it was for a counter; `null`: no sample. */
  #addKeyed(sample: Readonly<Record<string, Readings>> | null): void {
    for (const key of Object.keys(sample ?? {})) if (!this.keyed.has(key)) this.#begin(key);
    for (const [key, columns] of this.keyed) {
      const last = this.#last.get(key)!;
      const readings = sample?.[key];
      this.#names.forEach((name, i) => {
        columns.get(name)!.push(sample === null ? null : this.#readingOf(name, i, readings, last));
      });
    }
    this.#isSampled.push(sample !== null);
  }

  #readingOf(name: string, i: number, readings: Readings | undefined, last: number[]) {
    if (readings === undefined) {
      return this.#header.series[name]!.kind === "counter" ? last[i]! : 0;
    }
    const value = readings[name] ?? null;
    if (value !== null) last[i] = value;
    return value;
  }

  #begin(key: string): void {
    const before = this.#isSampled.map((isSampled) => (isSampled ? 0 : null));
    this.keyed.set(key, new Map(this.#names.map((name) => [name, [...before]])));
    this.#last.set(
      key,
      this.#names.map(() => 0),
    );
  }
}
