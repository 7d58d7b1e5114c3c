import type { Estimate } from "../analysis/model.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../lib/units.ts";

export { formatCount as count } from "../lib/units.ts";

/** `"1,240 (1,210 to 1,272)"`; without an interval the value alone. */
export function formatInterval({
  value,
  low,
  high,
}: Pick<Estimate, "value" | "low" | "high">): string {
  return low === null || high === null
    ? formatNumber(value)
    : `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`;
}

/** A value in a unit of the record, for people: `"1.2 GB"`, `"34 %"`, `"12 ms"`, `"1,200 tps"`. */
export function formatQuantity(value: number, unit: string): string {
  switch (unit) {
    case "bytes":
      return formatBytes(value);
    case "bytes/s":
      return `${formatBytes(value)}/s`;
    case "ms":
      return formatDurationMs(value);
    case "ratio":
      return `${formatNumber(value * 100)} %`;
    case "count":
    case "":
      return formatNumber(value);
    default:
      return `${formatNumber(value)} ${unit}`;
  }
}
