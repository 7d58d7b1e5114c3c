import type { Figure, How } from "../findings/rule.ts";
import { formatDurationMs } from "../lib/units.ts";
import { formatQuantity } from "./phrases.ts";

/** What a peak that was read now and then is, and what had begun before or went on afterwards. */
export function isLowerBound({ how, isAtLeast }: Pick<Figure, "how" | "isAtLeast">): boolean {
  return how === "peak" || isAtLeast === true;
}

/** `"at least 3.9 s"`, `"34 %"`; a text as it is, a dash for what was not read. */
export function tellValue(figure: Figure): string {
  const { value, unit } = figure;
  if (value === null) return "–";
  if (typeof value === "string") return value;
  const text = formatQuantity(value, unit);
  return isLowerBound(figure) ? `at least ${text}` : text;
}

/** What it was held against; empty for a figure that only explains. */
export function tellThreshold({ threshold, unit }: Figure): string {
  return threshold === undefined ? "" : formatQuantity(threshold, unit);
}

const WORDS: Readonly<Record<Exclude<How, "fact" | "timed">, string>> = {
  mean: "mean over",
  median: "median over",
  peak: "peak in",
  lowest: "lowest in",
  total: "total in",
  growth: "growth in",
  last: "at the end of",
  change: "change in",
  forecast: "forecast from",
};

/**
 * How a figure was made and of which time: `"mean over 12 s"`, `"mean over 3.9 s, 4.1 s after the
 * start"`, `"timed by the server"`. Empty for what was not measured.
 *
 * `of`: the window of its finding, to which a part is told.
 */
export function tellHow({ how, window }: Figure, of: { readonly startMs: number }): string {
  if (how === "fact") return "";
  if (how === "timed") return "timed by the server";
  const length = formatDurationMs(window.endMs - window.startMs);
  const afterMs = window.startMs - of.startMs;
  const place = afterMs > 0 ? `, ${formatDurationMs(afterMs)} after the start` : "";
  return `${WORDS[how]} ${length}${place}`;
}
