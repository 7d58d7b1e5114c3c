import type { TimelinePanel } from "../model.ts";

/** What values of a panel are divided by for its axis, and what stands on the axis then. */
export interface PanelScale {
  readonly divisor: number;
  readonly unit: string;
}

const SIZES = ["B", "kB", "MB", "GB", "TB"] as const;

/** Picks the unit in which the largest value reads well, so that ticks fall on round numbers. */
export function scaleOf({ unit, series, stacked }: TimelinePanel): PanelScale {
  const highs = series.map(({ v }) => v.reduce<number>((high, x) => Math.max(high, x ?? 0), 0));
  const high = stacked ? highs.reduce((sum, x) => sum + x, 0) : Math.max(0, ...highs);
  if (unit === "ratio") return { divisor: 0.01, unit: "%" };
  if (unit === "ms") return high >= 10_000 ? { divisor: 1000, unit: "s" } : { divisor: 1, unit };
  if (unit !== "bytes" && unit !== "bytes/s") return { divisor: 1, unit };
  const power = Math.min(
    SIZES.length - 1,
    Math.max(0, Math.floor(Math.log(Math.max(1, high)) / Math.log(1024))),
  );
  return { divisor: 1024 ** power, unit: `${SIZES[power]!}${unit === "bytes/s" ? "/s" : ""}` };
}
