import { formatBytes, formatDurationMs, parseBytes, parseDurationMs } from "../../src/lib/units.ts";
import type { SettingFact } from "../../src/record/format.ts";

/** A setting as people write it: `131072` of `8kB` is `1 GB`; special values stay as they are. */
export function formatSetting({ value, unit }: SettingFact): string {
  const number = Number(value);
  if (value === "") return "(empty)";
  if (unit === null || !Number.isFinite(number) || number <= 0) return value;
  const numbered = /^\d/.test(unit) ? unit : `1${unit}`;
  const bytes = parseBytes(numbered);
  if (bytes !== null) return formatBytes(number * bytes);
  const ms = parseDurationMs(numbered);
  return ms === null ? `${value} ${unit}` : formatDurationMs(number * ms);
}
