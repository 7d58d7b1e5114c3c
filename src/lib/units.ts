/**
 * Quantities as people write them (`60s`, `50ms`, `1GB`, `20MB/s`, `2000tps`, `70%`) and back.
 *
 * Sizes follow PostgreSQL: `kB`, `MB`, `GB`, `TB` are powers of 1024.
 *
 * @see https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
 */
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};
const DURATIONS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `"1.5GB"` to bytes; `null` for anything else. A bare number is bytes. */
export function parseBytes(text: string): number | null {
  return parse(text, SIZES, "B");
}

/** `"90s"` to milliseconds; `null` for anything else. A bare number has no unit and is refused. */
export function parseDurationMs(text: string): number | null {
  return parse(text, DURATIONS, null);
}

/** `"2000tps"` to transactions per second; `null` for anything else. */
export function parseRateTps(text: string): number | null {
  return parse(text, { tps: 1 }, "tps");
}

/** `"20MB/s"` to bytes per second; `null` for anything else. */
export function parseBytesPerSecond(text: string): number | null {
  return text.endsWith("/s") ? parse(text.slice(0, -2), SIZES, null) : null;
}

/** `"70%"` to the ratio 0.7; `null` for anything else. */
export function parseShare(text: string): number | null {
  return parse(text, { "%": 0.01 }, null);
}

function parse(
  text: string,
  units: Readonly<Record<string, number>>,
  bare: string | null,
): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z%]*)\s*$/.exec(text);
  if (match === null) return null;
  const unit = match[2] === "" ? bare : match[2]!;
  const factor = unit === null ? undefined : units[unit];
  return factor === undefined ? null : Number(match[1]) * factor;
}

/** Bytes for people: three significant digits and PostgreSQL's unit, `"1.45 GB"`. */
export function formatBytes(bytes: number): string {
  const units = Object.entries(SIZES);
  const [unit, factor] = units.findLast(([, size]) => Math.abs(bytes) >= size) ?? units[0]!;
  return `${formatNumber(bytes / factor)} ${unit}`;
}

/** Milliseconds for people: `"0.21 ms"`, `"4.2 s"`, `"3 min 20 s"`, `"2 h 5 min"`. */
export function formatDurationMs(ms: number): string {
  if (ms < 1000) return `${formatNumber(ms)} ms`;
  const s = ms / 1000;
  if (s < 60) return `${formatNumber(s)} s`;
  const whole = Math.round(s);
  if (whole < 3600) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/** `"1 trial"`, `"3 trials"`. */
export function formatCount(n: number, noun: string): string {
  return `${formatNumber(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** Three significant digits, thousands grouped, no trailing zeros: `"1,240"`, `"0.213"`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits =
    Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  const rounded = digits === 3 ? Number(value.toPrecision(3)) : Number(value.toFixed(digits));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
