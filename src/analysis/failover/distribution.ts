import { estimateMedian } from "../estimates.ts";
import type { Distribution } from "./model.ts";

/** Median with its order-statistic interval, smallest and largest; `null` for no value. */
export function distributionOf(values: readonly number[]): Distribution | null {
  const median = estimateMedian(values);
  if (median === null) return null;
  return { median, min: Math.min(...values), max: Math.max(...values) };
}
