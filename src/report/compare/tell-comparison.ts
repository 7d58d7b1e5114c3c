import type { Metric } from "../../analysis/compare/metrics.ts";
import { METRIC_UNIT } from "../../analysis/compare/metrics.ts";
import type { PairedRatio } from "../../analysis/statistics/paired-ratio.ts";
import type { Unknown } from "../../analysis/statistics/readings.ts";
import type { ComparedVariant } from "../../record/format.ts";
import { formatNumber } from "../../lib/units.ts";
import { formatQuantity } from "../phrases.ts";

/** A comparison of one figure, as rows of a table have it. */
export interface ToldComparison {
  readonly what: string;
  readonly a: string;
  readonly b: string;
  readonly ratio: string;
  readonly verdict: string;
  readonly because: string;
  /** What this comparison would have found, and what it would take to find the smallest effect that matters. */
  readonly power: string;
}

export const COMPARISON_COLUMNS = [
  "what",
  "A",
  "B",
  "B / A",
  "verdict",
  "because",
  "power",
] as const;

interface Compared {
  readonly metric: Metric;
  readonly baseline: number | null;
  readonly value: number | null;
  readonly result: PairedRatio | Unknown;
}

const VERDICTS = {
  better: "better",
  worse: "worse",
  equivalent: "equivalent",
  "cannot-distinguish": "cannot distinguish",
} as const;

/** `unit`: what is repeated, `pairs` of a stage or `runs` of two records. */
export function tellComparison(
  what: string,
  { metric, baseline, value, result }: Compared,
  unit: "pairs" | "repetitions",
): ToldComparison {
  const figure = (number: number | null) =>
    number === null ? "–" : formatQuantity(number, METRIC_UNIT[metric]);
  const shown = { what: `${what}, ${metric}`, a: figure(baseline), b: figure(value) };
  if (result.is === "unknown") {
    return { ...shown, ratio: "–", verdict: "unknown", because: result.because, power: "" };
  }
  return {
    ...shown,
    ratio: `${ratio(result.ratio)} (${ratio(result.low)} to ${ratio(result.high)})`,
    verdict: VERDICTS[result.verdict],
    because: result.because,
    power: tellPower(result, unit),
  };
}

function tellPower({ detectable, pairsNeeded, pairs }: PairedRatio, unit: string): string {
  const found = `+${percent(detectable.riseShare)} or −${percent(detectable.fallShare)} would be found by ${pairs} ${unit}`;
  const needed =
    pairsNeeded === null ? "3 % is out of reach" : `3 % takes ${formatNumber(pairsNeeded)}`;
  return `${found}; ${needed}`;
}

/** `b (PostgreSQL 17, max_wal_size = 4GB)`. */
export function nameVariant({ name, parameters, version }: ComparedVariant): string {
  const changes = [
    ...(version === undefined ? [] : [`PostgreSQL ${version}`]),
    ...Object.entries(parameters).map(([key, value]) => `${key} = ${value}`),
  ];
  return changes.length === 0 ? name : `${name} (${changes.join(", ")})`;
}

export function rowOf(told: ToldComparison): string[] {
  return [told.what, told.a, told.b, told.ratio, told.verdict, told.because, told.power];
}

function ratio(value: number): string {
  return value.toFixed(3);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
