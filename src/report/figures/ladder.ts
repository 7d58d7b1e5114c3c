import { UNIT_WORDS } from "../../record/load-kind.ts";
import type { EChartsOption, SeriesOption } from "echarts";
import { formatNumber } from "../../lib/units.ts";
import type { ReportCurve, ReportModel, ReportPoint } from "../model.ts";
import { loadText } from "../load-text.ts";
import { formatInterval } from "../phrases.ts";
import {
  axisStyle,
  baseOption,
  nameAbove,
  NARROW_PX,
  tooltipStyle,
  type Figure,
} from "./figure.ts";
import { loadAxis, loadName, loadOf } from "./load-axis.ts";
import type { FigureTheme } from "./theme.ts";
import { uslCurve } from "./usl-curve.ts";
import { whiskerSeries } from "./whiskers.ts";

/** Throughput at each load with its interval, every repetition, the knee and the fitted law. */
export function ladderFigure(model: ReportModel, curve: ReportCurve): Figure {
  const measured = curve.points.filter(({ throughputTps }) => throughputTps !== null);
  const best = curve.points.find(({ point }) => point === curve.best);
  return {
    id: `ladder-${curve.curve}`,
    group: "ladder",
    title: `Throughput by load: ${curve.title}`,
    alt: describe(curve, measured, best),
    heightPx: 320,
    table: tableOf(model, curve),
    draw: (theme, widthPx) => drawLadder(model, curve, theme, widthPx),
  };
}

function describe(
  curve: ReportCurve,
  measured: readonly ReportPoint[],
  best: ReportPoint | undefined,
): string {
  if (best?.throughputTps == null) return `${curve.title}: no valid point was measured.`;
  const knee = curve.knee === null ? "" : ` The knee is at ${curve.knee.clients} clients.`;
  return `${curve.title}, ${measured.length} loads: the highest throughput is ${formatInterval(best.throughputTps)} ${UNIT_WORDS[curve.unit].perSecond} at ${loadText(best)}.${knee}`;
}

function drawLadder(
  model: ReportModel,
  curve: ReportCurve,
  theme: FigureTheme,
  widthPx: number,
): EChartsOption {
  const points = curve.points.filter(({ throughputTps }) => throughputTps !== null);
  const color = theme.accent;
  return {
    ...baseOption(theme),
    grid: { left: 58, right: 22, top: 34, bottom: 46 },
    xAxis: loadAxis(curve, theme, widthPx - 80),
    yAxis: {
      ...axisStyle(theme),
      type: "value",
      min: 0,
      splitNumber: widthPx < NARROW_PX ? 3 : 5,
      // Room for the label of the best point.
      boundaryGap: [0, 0.14],
      name: UNIT_WORDS[curve.unit].perSecondLong,
      nameLocation: "end",
      nameTextStyle: nameAbove(theme),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: theme.muted,
        fontSize: 11,
        formatter: (value: number) => formatNumber(value),
      },
    },
    tooltip: { ...tooltipStyle(theme), trigger: "item" },
    series: [
      ...fitted(curve, points, theme),
      ...repetitions(model, curve, theme),
      whiskerSeries("interval", color, whiskersOf(points)),
      {
        type: "line",
        name: "throughput",
        z: 5,
        symbol: "circle",
        symbolSize: 8,
        color,
        lineStyle: { width: 2.25, color },
        itemStyle: { color, borderColor: theme.background, borderWidth: 1.5 },
        data: points.map((point) => ({
          value: [loadOf(point), point.throughputTps!.value],
          ...(point.point === curve.best ? bestLabel(point, points, theme) : {}),
        })),
        tooltip: {
          formatter: (params: unknown) =>
            tooltipOf(points[(params as { dataIndex: number }).dataIndex]),
        },
        ...kneeMark(curve, theme),
      },
    ],
  };
}

function bestLabel(point: ReportPoint, points: readonly ReportPoint[], theme: FigureTheme) {
  const last = loadOf(point) === Math.max(...points.map(loadOf));
  return {
    symbolSize: 12,
    label: {
      show: true,
      position: "top" as const,
      distance: 10,
      ...(last ? { align: "right" as const, offset: [8, 0] } : {}),
      color: theme.ink,
      fontWeight: 600,
      fontSize: 12,
      formatter: `${formatNumber(point.throughputTps!.value)} ${UNIT_WORDS[point.unit].perSecond}`,
      textBorderColor: theme.background,
      textBorderWidth: 3,
    },
  };
}

function kneeMark({ knee, mode }: ReportCurve, theme: FigureTheme) {
  if (knee === null || mode === "open") return {};
  return {
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: theme.muted, type: "dashed" as const, width: 1 },
      label: {
        position: "insideStartTop" as const,
        rotate: 0,
        distance: [6, 4] as unknown as number,
        color: theme.muted,
        fontSize: 11,
        formatter: `knee: ${knee.clients}`,
        textBorderColor: theme.background,
        textBorderWidth: 3,
      },
      data: [{ xAxis: knee.clients }],
    },
  };
}

function fitted(
  { usl, mode }: ReportCurve,
  points: readonly ReportPoint[],
  theme: FigureTheme,
): SeriesOption[] {
  if (usl === null || mode === "open" || points.length < 2) return [];
  const loads = points.map(loadOf);
  return [
    {
      type: "line",
      name: "scalability law (USL), fitted",
      silent: true,
      symbol: "none",
      z: 2,
      color: theme.muted,
      lineStyle: { color: theme.muted, width: 1.25, type: [5, 4] },
      data: uslCurve(usl, Math.min(...loads), Math.max(...loads) * 1.12),
      endLabel: {
        show: true,
        formatter: "USL",
        color: theme.muted,
        fontSize: 10,
        offset: [-2, -8],
      },
    },
  ];
}

function repetitions(model: ReportModel, curve: ReportCurve, theme: FigureTheme): SeriesOption[] {
  const trials = model.trials.filter(
    ({ planned, throughputTps }) => planned.curve === curve.curve && throughputTps !== null,
  );
  const data = (invalid: boolean) =>
    trials
      .filter(({ validity }) => (validity.is === "invalid") === invalid)
      .map(({ planned, throughputTps }) => [loadOf(planned), throughputTps!]);
  return [
    {
      type: "scatter",
      name: "repetition",
      silent: true,
      z: 3,
      symbolSize: 5,
      itemStyle: { color: "transparent", borderColor: theme.muted, borderWidth: 1, opacity: 0.8 },
      data: data(false),
    },
    {
      type: "scatter",
      name: "invalid repetition",
      silent: true,
      z: 3,
      symbol: "path://M0,0L10,10M10,0L0,10",
      symbolSize: 7,
      itemStyle: { color: "transparent", borderColor: theme.bad, borderWidth: 1.5 },
      data: data(true),
    },
  ];
}

function whiskersOf(points: readonly ReportPoint[]) {
  return points.flatMap((point) => {
    const { low = null, high = null } = point.throughputTps ?? {};
    return low === null || high === null ? [] : [{ x: loadOf(point), low, high }];
  });
}

function tooltipOf(point: ReportPoint | undefined): string {
  if (point?.throughputTps == null) return "";
  const { throughputTps: tps } = point;
  return `<b>${loadText(point)}</b><br>${formatInterval(tps)} ${UNIT_WORDS[point.unit].perSecond}<br><span style="opacity:.75">${tps.method}</span>`;
}

function tableOf(model: ReportModel, curve: ReportCurve) {
  return {
    columns: [
      loadName(curve),
      UNIT_WORDS[curve.unit].perSecond,
      "low",
      "high",
      "repetitions",
      "valid trials",
    ],
    rows: curve.points.map((point) => {
      const mine = model.trials.filter(({ planned }) => planned.point === point.point);
      const tps = point.throughputTps;
      return [
        formatNumber(loadOf(point)),
        ...[tps?.value, tps?.low, tps?.high, tps?.n].map((x) =>
          x == null ? "–" : formatNumber(x),
        ),
        `${mine.filter(({ validity }) => validity.is === "valid").length} of ${mine.length}`,
      ];
    }),
  };
}
