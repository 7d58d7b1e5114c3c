import type { EChartsOption, SeriesOption } from "echarts";
import { formatNumber } from "../../lib/units.ts";
import { formatQuantity } from "../phrases.ts";
import type { ReportModel, TimelinePanel, TimelineSeries } from "../model.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "./figure.ts";
import { markBands, markEvents } from "./marks.ts";
import { scaleOf } from "./panel-scale.ts";
import type { FigureTheme } from "./theme.ts";

/** Left and right edge of every panel: the same, so that one instant is one column on the page. */
export const PANEL_EDGES_PX = { left: 58, right: 14 } as const;

/** One panel over the time of the whole run, trials as shaded bands, what happened as lines. */
export function timelineFigure(model: ReportModel, panel: TimelinePanel): Figure {
  return {
    id: `timeline-${panel.id}`,
    group: "timeline",
    title: panel.title,
    alt: `${panel.title} over the run: ${panel.series.map(describe).join("; ")}.`,
    heightPx: panel.stacked ? 210 : 176,
    table: tableOf(model, panel),
    draw: (theme) => drawPanel(model, panel, theme),
  };
}

function describe({ name, unit, v }: TimelineSeries): string {
  const values = v.filter((x) => x !== null);
  if (values.length === 0) return `${name}: nothing read`;
  const high = values.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  return `${name} up to ${formatQuantity(high, unit)}`;
}

function drawPanel(model: ReportModel, panel: TimelinePanel, theme: FigureTheme): EChartsOption {
  const style = axisStyle(theme);
  const scale = scaleOf(panel);
  const colors = colorsOf(panel, theme);
  return {
    ...baseOption(theme),
    grid: { ...PANEL_EDGES_PX, top: 30, bottom: 24 },
    legend: legendStyle(theme),
    xAxis: runAxis(model, theme),
    yAxis: {
      ...style,
      type: "value",
      min: 0,
      splitNumber: 3,
      ...(panel.stacked && panel.unit === "ratio" ? { max: 100, interval: 25 } : {}),
      name: scale.unit,
      nameGap: 9,
      nameTextStyle: { color: theme.muted, fontSize: 11, align: "right", padding: [0, 6, 0, 0] },
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...style.axisLabel, formatter: (value: number) => formatNumber(value) },
    },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "axis",
      formatter: (params: unknown) => tooltipOf(params, panel, scale.divisor),
    },
    dataZoom: [runZoom()],
    series: [
      ...panel.series.map((line, i) => drawLine(line, panel, colors[i]!, scale.divisor)),
      {
        ...bandSeries(theme),
        markArea: markBands(model, theme),
        markLine: markEvents(model, theme),
      },
    ] as SeriesOption[],
  };
}

/** The names of what is drawn, in one row above it. */
export function legendStyle(theme: FigureTheme) {
  return {
    show: true,
    left: PANEL_EDGES_PX.left,
    right: 8,
    top: 2,
    itemWidth: 11,
    itemHeight: 7,
    itemGap: 14,
    icon: "roundRect",
    type: "scroll" as const,
    pageIconSize: 9,
    pageIconColor: theme.ink,
    pageIconInactiveColor: theme.rule,
    pageTextStyle: { color: theme.muted, fontSize: 10 },
    inactiveColor: theme.rule,
    textStyle: { color: theme.ink, fontSize: 11 },
  };
}

/** The time of the whole run, the same in every panel. */
export function runAxis({ run }: ReportModel, theme: FigureTheme) {
  const style = axisStyle(theme);
  return {
    ...style,
    type: "value" as const,
    min: 0,
    max: Math.max(1, run.durationMs),
    splitLine: { show: false },
    axisLabel: { ...style.axisLabel, formatter: formatClock },
    axisPointer: { show: true, label: { show: false }, lineStyle: { color: theme.muted } },
    ...timeTicks(run.durationMs),
  };
}

/** Zooms with the wheel while Ctrl is held; a page is scrolled more often than a picture is zoomed. */
export function runZoom() {
  return {
    type: "inside" as const,
    filterMode: "filter" as const,
    zoomOnMouseWheel: "ctrl" as const,
    moveOnMouseWheel: false,
    preventDefaultMouseMove: false,
    minValueSpan: 2000,
  };
}

function drawLine(line: TimelineSeries, panel: TimelinePanel, color: string, divisor: number) {
  return {
    type: "line" as const,
    name: line.name,
    color,
    symbol: "none",
    connectNulls: false,
    lineStyle: {
      width: panel.stacked ? 0 : 1.5,
      color,
      ...(line.isForecast === true ? { type: [4, 4] } : {}),
    },
    ...(panel.stacked ? { stack: "all", areaStyle: { color, opacity: 0.82 } } : {}),
    data: line.t.map((t, i) => {
      const value = [t, line.v[i] === null ? null : line.v[i]! / divisor];
      return isAlone(line, i) ? { value, symbol: "circle", symbolSize: 3 } : value;
    }),
  };
}

/** A reading between two gaps has no line to either side: it needs a dot to be seen. */
function isAlone({ v }: TimelineSeries, i: number): boolean {
  return v[i] !== null && (v[i - 1] ?? null) === null && (v[i + 1] ?? null) === null;
}

/** A line without points: it only carries the marks, behind the others. */
function bandSeries(theme: FigureTheme) {
  return { type: "line" as const, name: "", data: [], z: 0, silent: true, color: theme.band };
}

/** Percentiles share a hue; waits keep their colour wherever they appear; others follow the palette. */
function colorsOf(panel: TimelinePanel, theme: FigureTheme): readonly string[] {
  if (panel.id === "latency") return theme.percentiles;
  const { categorical } = theme;
  return panel.series.map(({ name }, i) => {
    const fixed = panel.id.startsWith("waits") ? WAIT_COLOR[name] : undefined;
    if (panel.series[i]?.isForecast === true) return theme.bad;
    return categorical[(fixed ?? i) % categorical.length]!;
  });
}

/** Index into the palette, by class of wait event. */
const WAIT_COLOR: Readonly<Record<string, number>> = {
  CPU: 2,
  IO: 0,
  Lock: 1,
  LWLock: 4,
  IPC: 3,
  BufferPin: 6,
  Client: 5,
  Timeout: 7,
  Extension: 7,
  Activity: 7,
};

const TICK_STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
].map((s) => s * 1000);

/** Ticks on round seconds, minutes or hours: an axis of milliseconds would choose others. */
function timeTicks(durationMs: number) {
  const step = TICK_STEPS_MS.find((ms) => durationMs / ms <= 9) ?? 86_400_000;
  return { interval: step };
}

/** Time since the run began: `"0:45"`, `"12:30"`, `"1:02:00"`. */
export function formatClock(ms: number): string {
  const s = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60);
  return minutes < 60
    ? `${minutes}:${two(s % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

interface TooltipItem {
  readonly seriesName: string;
  readonly marker: string;
  readonly value: readonly [number, number | null];
}

function tooltipOf(params: unknown, panel: TimelinePanel, divisor: number): string {
  const items = (params as readonly TooltipItem[]).filter(({ seriesName }) => seriesName !== "");
  const at = items[0]?.value[0];
  if (at === undefined) return "";
  const unit = panel.series[0]?.unit ?? panel.unit;
  const lines = items
    .filter(({ value }) => value[1] !== null && value[1] !== undefined)
    .map(
      ({ marker, seriesName, value }) =>
        `${marker}${escapeHtml(seriesName)} <b style="float:right;margin-left:18px">${formatQuantity(value[1]! * divisor, unit)}</b>`,
    );
  return [`<b>${formatClock(at)}</b>`, ...lines].join("<br>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Per trial rather than per second: a table is for reading. */
function tableOf(model: ReportModel, panel: TimelinePanel) {
  const windows = model.trials.filter(({ window }) => window !== null);
  return {
    columns: ["mean in the window of trial", ...panel.series.map(({ name }) => name)],
    rows: windows.map(({ planned, window }) => [
      planned.id,
      ...panel.series.map((line) => {
        const mean = meanBetween(line, window!.startMs, window!.endMs);
        return mean === null ? "–" : formatQuantity(mean, line.unit);
      }),
    ]),
  };
}

function meanBetween({ t, v }: TimelineSeries, startMs: number, endMs: number): number | null {
  let sum = 0;
  let n = 0;
  t.forEach((at, i) => {
    const value = v[i];
    if (at < startMs || at > endMs || value === null || value === undefined) return;
    sum += value;
    n += 1;
  });
  return n === 0 ? null : sum / n;
}
