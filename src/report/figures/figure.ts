import type { EChartsOption } from "echarts";
import type { FigureTheme } from "./theme.ts";

export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of text, by index; the others are numbers. Absent: the first. */
  readonly text?: readonly number[];
}

/** A picture, described once: the page draws it live, Markdown as SVG, and its table stands in for both. */
export interface Figure {
  /** Safe as a file name and as an element's id. */
  readonly id: string;
  readonly group: "ladder" | "latency" | "stage" | "timeline" | "statements";
  readonly title: string;
  /** What there is to see, in a sentence, for who cannot see it. */
  readonly alt: string;
  readonly heightPx: number;
  readonly table: FigureTable;
  draw(theme: FigureTheme, widthPx: number): EChartsOption;
}

/** Below this width labels go above the picture rather than beside it. */
export const NARROW_PX = 560;

/** What all figures share: type, no motion, colours of the theme. */
export function baseOption(theme: FigureTheme): EChartsOption {
  return {
    animation: false,
    backgroundColor: "transparent",
    color: [...theme.categorical],
    textStyle: { fontFamily: theme.font, fontSize: 12, color: theme.ink },
  };
}

export function axisStyle(theme: FigureTheme) {
  return {
    axisLine: { show: true, lineStyle: { color: theme.muted, width: 1 } },
    axisTick: { show: true, length: 4, lineStyle: { color: theme.muted } },
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: theme.rule, width: 1 } },
    nameTextStyle: { color: theme.muted, fontSize: 11 },
  };
}

/** The name of an upright axis: above it, from the left edge of the picture on. */
export function nameAbove(theme: FigureTheme) {
  return {
    ...axisStyle(theme).nameTextStyle,
    align: "left" as const,
    padding: [0, 0, 0, -50],
  };
}

export function tooltipStyle(theme: FigureTheme) {
  return {
    backgroundColor: theme.background,
    borderColor: theme.rule,
    borderWidth: 1,
    padding: [8, 10] as [number, number],
    textStyle: { color: theme.ink, fontSize: 12, fontFamily: theme.font },
    extraCssText: "box-shadow: 0 4px 16px rgba(0,0,0,.14); border-radius: 6px; max-width: 320px;",
    confine: true,
    transitionDuration: 0,
  };
}
