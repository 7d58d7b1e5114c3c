import type { EChartsOption } from "echarts";
import type { RecoveryKindAnalysis } from "./model.ts";
import { predictAt } from "../../analysis/statistics/linear-fit.ts";
import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { RECOVERY_NAMES, listRecoveryFacts, recoveryTableOf } from "./tell-recovery.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "../../report/figures/figure.ts";
import type { FigureTheme } from "../../report/figures/theme.ts";

const MB = 1024 ** 2;
/** Of the line and its band, which bends. */
const PLACES = 24;
/** The band is drawn that far beyond the largest size: the user's own is told in words. */
const BEYOND = 1.25;

/** Under which the picture of one kind of recovery is found. */
export function figureIdOf(stage: number, { kind }: RecoveryKindAnalysis): string {
  return `recovery-${stage + 1}-${kind}`;
}

/**
 * Time against size: every recovery as a dot, the fitted line, and the band of one more recovery. `null`
 * where none came to its end.
 */
export function recoveryFigure(stage: number, kind: RecoveryKindAnalysis): Figure | null {
  if (kind.points.length === 0) return null;
  const foretold = listRecoveryFacts(kind).find(({ name }) => name === "foretold");
  return {
    id: figureIdOf(stage, kind),
    group: "stage",
    title: `${RECOVERY_NAMES[kind.kind]} by ${kind.kind === "rebuild" ? "data copied" : "WAL replayed"}`,
    alt: `${RECOVERY_NAMES[kind.kind]}: time against size, ${kind.points.length} recoveries. ${foretold?.text ?? ""}`,
    heightPx: 300,
    table: recoveryTableOf(kind),
    draw: (theme) => drawRecovery(kind, theme),
  };
}

function drawRecovery(kind: RecoveryKindAnalysis, theme: FigureTheme): EChartsOption {
  const { points } = kind;
  const style = axisStyle(theme);
  const bytesMax = Math.max(...points.map(({ bytes }) => bytes)) * BEYOND;
  const msMax = Math.max(...points.map(({ ms }) => ms)) * 1.6;
  const line = lineOf(kind, bytesMax).map(({ bytes, value, low, high }) => ({
    mb: bytes / MB,
    value,
    low: Math.min(low, msMax),
    high: Math.min(high, msMax),
  }));
  const dots = (isInvalid: boolean) =>
    points
      .filter(({ validity }) => (validity === "invalid") === isInvalid)
      .map(({ bytes, ms }) => [bytes / MB, ms]);
  return {
    ...baseOption(theme),
    grid: { left: 62, right: 24, top: 30, bottom: 46 },
    xAxis: {
      ...style,
      type: "value",
      min: 0,
      max: bytesMax / MB,
      name: kind.kind === "rebuild" ? "copied" : "WAL replayed",
      nameLocation: "middle",
      nameGap: 28,
      axisLabel: { ...style.axisLabel, formatter: (mb: number) => formatBytes(mb * MB) },
    },
    yAxis: {
      ...style,
      type: "value",
      min: 0,
      max: msMax,
      name: "time",
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        ...style.axisLabel,
        showMaxLabel: false,
        formatter: (ms: number) => formatDurationMs(ms),
      },
    },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "item",
      formatter: (given: unknown) => {
        const [mb = 0, ms = 0] = (given as { value: number[] }).value;
        return `${formatBytes(mb * MB)}: <b>${formatDurationMs(ms)}</b>`;
      },
    },
    series: [
      area(line, ({ low }) => low, "transparent"),
      area(line, ({ low, high }) => high - low, theme.accent),
      {
        type: "line",
        name: "fitted line",
        silent: true,
        symbol: "none",
        z: 3,
        lineStyle: { width: 1.5, type: "dashed", color: theme.accent },
        data: line.map(({ mb, value }) => [mb, value]),
      },
      dotSeries("recoveries", dots(false), theme.accent, "circle"),
      dotSeries("recoveries that cannot be believed", dots(true), theme.bad, "diamond"),
    ],
  };
}

function lineOf({ line: { fit } }: RecoveryKindAnalysis, bytesMax: number) {
  if (fit === null) return [];
  return Array.from({ length: PLACES + 1 }, (_, i) => {
    const bytes = (bytesMax * i) / PLACES;
    const { value, low, high } = predictAt(fit, bytes);
    return { bytes, value: Math.max(0, value), low: Math.max(0, low), high: Math.max(0, high) };
  });
}

/** Two stacked lines, the lower one unseen, fill what is between them. */
function area<Place extends { readonly mb: number }>(
  places: readonly Place[],
  read: (place: Place) => number,
  color: string,
) {
  return {
    type: "line" as const,
    name: "95 % of further recoveries",
    stack: "band",
    silent: true,
    symbol: "none",
    lineStyle: { width: 0 },
    areaStyle: { color, opacity: color === "transparent" ? 0 : 0.12 },
    data: places.map((place) => [place.mb, read(place)]),
  };
}

function dotSeries(name: string, data: readonly number[][], color: string, symbol: string) {
  return {
    type: "scatter" as const,
    name,
    z: 5,
    symbol,
    symbolSize: 9,
    itemStyle: { color },
    data: [...data],
  };
}
