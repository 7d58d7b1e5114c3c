import { UNIT_WORDS } from "../../record/load-kind.ts";
import type { EChartsOption } from "echarts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import type { ReportCurve, ReportModel } from "../model.ts";
import { loadText } from "../load-text.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "./figure.ts";
import { latencyAxis } from "./latency-axis.ts";
import { loadAxis, loadName, loadOf } from "./load-axis.ts";
import { logTicks } from "./log-ticks.ts";
import type { FigureTheme } from "./theme.ts";
import { whiskerSeries } from "./whiskers.ts";

const QUANTILES = [
  { name: "p50", field: "p50Ms" },
  { name: "p95", field: "p95Ms" },
  { name: "p99", field: "p99Ms" },
] as const;

/** Latency percentiles at each load, on a logarithmic axis; the p99 with its interval. */
export function latencyByLoadFigure(model: ReportModel, curve: ReportCurve): Figure {
  const last = curve.points.at(-1);
  const p99 = last?.latency.p99Ms ?? null;
  return {
    id: `latency-${curve.curve}`,
    group: "latency",
    title: `Latency by load: ${curve.title}`,
    alt:
      last === undefined || p99 === null
        ? `${curve.title}: latency percentiles at each load.`
        : `${curve.title}: latency percentiles at each load; the p99 is ${formatDurationMs(p99)} at ${loadText(last)}.`,
    heightPx: 320,
    table: tableOf(curve),
    draw: (theme, widthPx) => drawLatency(model, curve, theme, widthPx),
  };
}

function drawLatency(
  model: ReportModel,
  curve: ReportCurve,
  theme: FigureTheme,
  widthPx: number,
): EChartsOption {
  const values = curve.points.flatMap(({ latency, p99Ms }) =>
    [latency.p50Ms, latency.p95Ms, latency.p99Ms, p99Ms?.high ?? null].filter((x) => x !== null),
  );
  const goal = model.goals.p99Ms;
  const nearGoal = goal !== null && values.length > 0 && goal < Math.max(...values) * 20;
  const ticks = logTicks(nearGoal ? [...values, goal * 1.1] : values);
  const { splitLine } = axisStyle(theme);
  return {
    ...baseOption(theme),
    grid: { left: 58, right: 40, top: 34, bottom: 46 },
    xAxis: loadAxis(curve, theme, widthPx - 100),
    yAxis: {
      ...latencyAxis(ticks, "latency, logarithmic", theme),
      axisLine: { show: false },
      splitLine: { ...splitLine, customValues: ticks } as typeof splitLine,
    },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "axis",
      axisPointer: { type: "line", lineStyle: { color: theme.muted } },
      formatter: (params: unknown) => tooltipOf(curve, params),
    },
    series: [
      whiskerSeries("interval of p99", theme.percentiles[2], whiskersOf(curve)),
      ...QUANTILES.map(({ name, field }, i) => ({
        type: "line" as const,
        name,
        z: 3 + i,
        symbol: "circle",
        symbolSize: 6,
        connectNulls: false,
        color: theme.percentiles[i]!,
        lineStyle: { width: 2 },
        data: curve.points.map((point) => [loadOf(point), point.latency[field] ?? "-"]),
        endLabel: {
          show: true,
          formatter: name,
          color: theme.percentiles[i]!,
          fontSize: 11,
          fontWeight: 600,
          distance: 8,
        },
        labelLayout: { moveOverlap: "shiftY" as const },
        ...(i === 2 && nearGoal ? goalLine(goal, theme) : {}),
      })),
    ],
  };
}

function goalLine(goalMs: number, theme: FigureTheme) {
  return {
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: theme.bad, type: "dashed" as const, width: 1.25 },
      label: {
        position: "insideStartTop" as const,
        color: theme.bad,
        fontSize: 11,
        formatter: `objective: p99 ${formatDurationMs(goalMs)}`,
      },
      data: [{ yAxis: goalMs }],
    },
  };
}

function whiskersOf(curve: ReportCurve) {
  return curve.points.flatMap((point) => {
    const { low = null, high = null } = point.p99Ms ?? {};
    return low === null || high === null || low <= 0 ? [] : [{ x: loadOf(point), low, high }];
  });
}

function tooltipOf(curve: ReportCurve, params: unknown): string {
  const first = (params as readonly { value?: readonly unknown[] }[])[0];
  const point = curve.points.find((point) => loadOf(point) === first?.value?.[0]);
  if (point === undefined) return "";
  const lines = QUANTILES.map(({ name, field }) => {
    const ms = point.latency[field];
    return `${name} <b style="float:right;margin-left:18px">${ms === null ? "too few samples" : formatDurationMs(ms)}</b>`;
  });
  return [`<b>${loadText(point)}</b>`, ...lines.toReversed()].join("<br>");
}

function tableOf(curve: ReportCurve) {
  const ms = (value: number | null) => (value === null ? "–" : formatDurationMs(value));
  return {
    columns: [
      loadName(curve),
      "p50",
      "p95",
      "p99",
      "p99.9",
      "maximum",
      UNIT_WORDS[curve.unit].many,
    ],
    rows: curve.points.map((point) => {
      const { p50Ms, p95Ms, p99Ms, p999Ms, maxMs, count } = point.latency;
      return [
        formatNumber(loadOf(point)),
        ...[p50Ms, p95Ms, p99Ms, p999Ms, maxMs].map(ms),
        formatNumber(count),
      ];
    }),
  };
}
