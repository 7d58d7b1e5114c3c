import { parseBytes, parseDurationMs } from "../lib/units.ts";
import type { SettingFact } from "../record/format.ts";

/** Units of `pg_settings.unit`, e.g. `8kB`: a size with a leading count. */
const SIZE_UNIT = /^(\d*)(B|kB|MB|GB|TB)$/;
const DURATION_UNIT = /^(\d*)(us|ms|s|min|h|d)$/;

/** Bytes of a setting; `null` where it is not readable or no size. −1 and other signs stay. */
export function settingBytes(setting: SettingFact | undefined): number | null {
  return scaled(setting, SIZE_UNIT, parseBytes);
}

/** Milliseconds of a setting; `null` where it is not readable or no time. −1 stays −1. */
export function settingMs(setting: SettingFact | undefined): number | null {
  return scaled(setting, DURATION_UNIT, parseDurationMs);
}

function scaled(
  setting: SettingFact | undefined,
  unitPattern: RegExp,
  parse: (text: string) => number | null,
): number | null {
  if (setting === undefined) return null;
  const value = Number(setting.value);
  if (!Number.isFinite(value)) return parse(setting.value);
  if (setting.unit === null) return value === 0 ? 0 : parse(setting.value);
  const match = unitPattern.exec(setting.unit);
  if (match === null) return null;
  if (value < 0) return value;
  const factor = parse(`1${match[2]}`);
  return factor === null ? null : value * Number(match[1] === "" ? 1 : match[1]) * factor;
}
