import { DynoError } from "../lib/errors.ts";
import type { SeriesHeader, SeriesLine } from "./series-format.ts";
import type { InstanceSeries, ProbeSeries } from "./run-record.ts";

/**
 * Columns from the lines of one series file.
 *
 * @returns `null` for a file without a head line: the run ended before it was written.
 * @throws {DynoError} RECORD_UNREADABLE
 */
export function parseSeriesFile(file: string, lines: readonly string[]): ProbeSeries | null {
  const [head, ...rest] = lines;
  if (head === undefined) return null;
  const header = parseLine(file, head, 1) as SeriesHeader;
  const byInstance = new Map<string, SeriesLine[]>();
  for (const [index, text] of rest.entries()) {
    const line = parseLine(file, text, index + 2) as SeriesLine;
    const of = byInstance.get(line.on);
    if (of === undefined) byInstance.set(line.on, [line]);
    else of.push(line);
  }
  const on = new Map([...byInstance].map(([name, of]) => [name, toColumns(header, of)]));
  return { header, on };
}

function parseLine(file: string, text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DynoError(
      "RECORD_UNREADABLE",
      { path: file, line, because: "it is no JSON" },
      { cause },
    );
  }
}

function toColumns(header: SeriesHeader, lines: readonly SeriesLine[]): InstanceSeries {
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const gaps = new Map<string, number>();
  const gapTimes: number[] = [];
  const samples: { readonly t: number; readonly line: SeriesLine }[] = [];
  for (const line of lines) {
    if ("labels" in line) {
      for (const [key, texts] of Object.entries(line.labels)) labels.set(key, texts);
      continue;
    }
    if ("gap" in line) {
      gaps.set(line.gap, (gaps.get(line.gap) ?? 0) + 1);
      gapTimes.push(line.t);
    }
    samples.push({ t: line.t, line });
  }
  const names = Object.keys(header.series);
  return {
    t: samples.map(({ t }) => t),
    values: header.keyed
      ? new Map()
      : new Map(
          names.map((name) => [
            name,
            samples.map(({ line }) => ("v" in line ? (line.v[name] ?? null) : null)),
          ]),
        ),
    keyed: header.keyed
      ? toKeyedColumns(
          header,
          samples.map(({ line }) => line),
        )
      : new Map(),
    labels,
    gaps,
    gapTimes,
  };
}

/** A key that is absent where a sample was taken is 0 for a gauge, as it was for a counter. */
function toKeyedColumns(
  header: SeriesHeader,
  lines: readonly SeriesLine[],
): Map<string, ReadonlyMap<string, (number | null)[]>> {
  const keys = new Set(lines.flatMap((line) => ("k" in line ? Object.keys(line.k) : [])));
  const toColumn = (key: string, name: string) => {
    let last = 0;
    return lines.map((line) => {
      if (!("k" in line)) return null;
      const readings = line.k[key];
      if (readings === undefined) return header.series[name]?.kind === "counter" ? last : 0;
      const value = readings[name] ?? null;
      if (value !== null) last = value;
      return value;
    });
  };
  const names = Object.keys(header.series);
  return new Map(
    [...keys].map((key) => [key, new Map(names.map((name) => [name, toColumn(key, name)]))]),
  );
}
