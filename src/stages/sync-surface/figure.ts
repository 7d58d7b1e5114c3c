import type { EChartsOption } from "echarts";
import type { SurfaceAnalysis, SurfacePoint } from "./model.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import { nameLevel } from "../../analysis/name-replication.ts";
import { surfaceTableOf, titleOfSurface } from "./tell-surface.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "../../report/figures/figure.ts";
import { latencyAxis } from "../../report/figures/latency-axis.ts";
import { logTicks } from "../../report/figures/log-ticks.ts";
import type { FigureTheme } from "../../report/figures/theme.ts";

/** Under which the picture of a surface is found. */
export function figureIdOf({ stage }: SurfaceAnalysis): string {
  return `surface-${stage + 1}`;
}

/** Throughput against p99: a line per distance, a mark for what was lost. `null` where there is nothing to draw. */
export function surfaceFigure(surface: SurfaceAnalysis): Figure | null {
  const drawn = surface.points.filter((point) => placeOf(point) !== null);
  if (drawn.length === 0) return null;
  const best = drawn.toSorted((a, b) => placeOf(b)![0] - placeOf(a)![0])[0]!;
  return {
    id: figureIdOf(surface),
    group: "stage",
    title: `${titleOfSurface(surface)}: what each costs and what it lost`,
    alt: `Throughput against p99 of ${drawn.length} ways to replicate, one line per distance; most throughput has ${nameLevel(best.replication)} at ${formatDurationMs(best.replication.distanceMs)}.`,
    heightPx: 380,
    table: { ...surfaceTableOf(surface), text: [1, 2] },
    draw: (theme) => draw(drawn, theme),
  };
}

/** `null` where it is not known. */
function placeOf({ seenTps, throughputTps, latency }: SurfacePoint): [number, number] | null {
  const tps = throughputTps?.value ?? seenTps;
  const tail = latency.p99Ms ?? latency.p95Ms;
  return tps === null || tail === null ? null : [tps, tail];
}

/** Acknowledged writes that were lost when the primary was killed. */
function lostOf({ failover }: SurfacePoint): number {
  return failover?.loss.lost ?? 0;
}

function draw(points: readonly SurfacePoint[], theme: FigureTheme): EChartsOption {
  const places = points.map((point) => placeOf(point)!);
  const ticks = logTicks(places.map(([, p99]) => p99));
  const style = axisStyle(theme);
  const distances = [...new Set(points.map(({ replication }) => replication.distanceMs))];
  return {
    ...baseOption(theme),
    grid: { left: 62, right: 30, top: 64, bottom: 50 },
    legend: {
      top: 0,
      left: 0,
      textStyle: { color: theme.ink, fontSize: 12 },
      data: [...distances.map(nameDistance), LOST],
    },
    xAxis: {
      ...style,
      type: "value",
      min: 0,
      name: "throughput, tps",
      nameLocation: "middle",
      nameGap: 28,
      axisLabel: { ...style.axisLabel, formatter: (value: number) => formatNumber(value) },
    },
    yAxis: latencyAxis(ticks, "p99, logarithmic: lower is better", theme),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "item",
      formatter: (params: unknown) => tooltipOf(points, params),
    },
    series: [
      ...distances.map((distanceMs, i) => ({
        type: "line" as const,
        name: nameDistance(distanceMs),
        color: theme.categorical[i % theme.categorical.length]!,
        lineStyle: { width: 1.5, type: "dotted" as const },
        symbol: "circle",
        symbolSize: 9,
        data: points
          .filter(({ replication }) => replication.distanceMs === distanceMs)
          .map((point) => ({
            value: placeOf(point)!,
            name: point.point,
            symbol: point.throughputTps === null ? "emptyCircle" : "circle",
          })),
        label: {
          show: true,
          position: "right" as const,
          color: theme.ink,
          fontSize: 11,
          formatter: (params: { name: string }) => labelOf(points, params.name),
        },
        labelLayout: { moveOverlap: "shiftY" as const },
      })),
      {
        type: "scatter" as const,
        name: LOST,
        color: theme.bad,
        symbol: "diamond",
        symbolSize: 20,
        itemStyle: { color: "transparent", borderColor: theme.bad, borderWidth: 2.5 },
        data: points
          .filter((point) => lostOf(point) > 0)
          .map((point) => ({ value: placeOf(point)!, name: point.point })),
      },
    ],
  };
}

const LOST = "lost acknowledged writes";

function nameDistance(distanceMs: number): string {
  return `${formatDurationMs(distanceMs)} apart`;
}

function labelOf(points: readonly SurfacePoint[], name: string): string {
  const point = points.find((one) => one.point === name);
  if (point === undefined) return "";
  const lost = lostOf(point);
  return `${nameLevel(point.replication)}${lost > 0 ? `: ${formatNumber(lost)} lost` : ""}`;
}

function tooltipOf(points: readonly SurfacePoint[], params: unknown): string {
  const { name } = params as { readonly name?: string };
  const point = points.find((one) => one.point === name);
  if (point === undefined) return "";
  const [tps, p99] = placeOf(point)!;
  const { failover } = point;
  const lines = [
    `${formatNumber(tps)} tps, p99 ${formatDurationMs(p99)}`,
    ...(failover?.rtoMs == null ? [] : [`writes away ${formatDurationMs(failover.rtoMs.max)}`]),
    ...(failover === null ? [] : [failover.loss.sentence]),
  ];
  return [
    `<b>${nameLevel(point.replication)}, ${nameDistance(point.replication.distanceMs)}</b>`,
    ...lines,
  ].join("<br>");
}
