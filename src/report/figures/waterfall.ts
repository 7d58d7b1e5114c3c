import type { CustomSeriesOption, EChartsOption } from "echarts";
import type { FailoverAnalysis, FailoverTrial, Phase } from "../../analysis/failover/model.ts";
import { formatDurationMs } from "../../lib/units.ts";
import { phaseTableOf } from "../failover/tell-failover.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "./figure.ts";
import type { FigureTheme } from "./theme.ts";

const ROW_PX = 26;
/** A phase that took no time is still drawn. */
const BAR_PX_MIN = 2;

/** Where the time without writes went, phase after phase, in the trial that is in the middle. */
export function waterfallFigure(failover: FailoverAnalysis): Figure | null {
  const trial = middleOf(failover);
  if (trial === null) return null;
  const { phases } = trial;
  const zeroMs = phases[0]!.startMs;
  const wholeMs = phases.at(-1)!.endMs - zeroMs;
  const longest = phases.reduce((most, one) => (lengthOf(one) > lengthOf(most) ? one : most));
  return {
    id: `waterfall-${failover.stage + 1}`,
    group: "failover",
    title: `Where the time went: ${failover.what}, trial ${trial.repetition}, the one in the middle`,
    alt: `${formatDurationMs(wholeMs)} from the last write to full throughput; the longest part is ${longest.name} with ${formatDurationMs(lengthOf(longest))}.`,
    heightPx: 56 + ROW_PX * phases.length,
    table: phaseTableOf(failover),
    draw: (theme) => drawWaterfall(phases, { zeroMs, wholeMs }, theme),
  };
}

function middleOf({ trials }: FailoverAnalysis): FailoverTrial | null {
  const told = trials
    .filter(({ phases, gap }) => phases.length > 0 && gap !== null)
    .toSorted((a, b) => a.gap!.ms - b.gap!.ms);
  return told[Math.floor((told.length - 1) / 2)] ?? null;
}

function lengthOf({ startMs, endMs }: Phase): number {
  return endMs - startMs;
}

function drawWaterfall(
  phases: readonly Phase[],
  { zeroMs, wholeMs }: { readonly zeroMs: number; readonly wholeMs: number },
  theme: FigureTheme,
): EChartsOption {
  const style = axisStyle(theme);
  return {
    ...baseOption(theme),
    grid: { left: 120, right: 80, top: 8, bottom: 30 },
    xAxis: {
      ...style,
      type: "value",
      min: 0,
      max: Math.max(1, wholeMs),
      splitNumber: 5,
      axisLabel: { ...style.axisLabel, formatter: (ms: number) => formatDurationMs(ms) },
    },
    yAxis: {
      ...style,
      type: "category",
      inverse: true,
      data: phases.map(({ name }) => name),
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { color: theme.ink, fontSize: 12 },
    },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "item",
      formatter: (params: unknown) => {
        const phase = phases[(params as { dataIndex: number }).dataIndex];
        return phase === undefined
          ? ""
          : `<b>${phase.name}</b> ${formatDurationMs(lengthOf(phase))}`;
      },
    },
    series: [barsSeries(phases, zeroMs, theme)],
  };
}

function barsSeries(
  phases: readonly Phase[],
  zeroMs: number,
  theme: FigureTheme,
): CustomSeriesOption {
  return {
    type: "custom",
    dimensions: ["from", "to", "row"],
    encode: { x: [0, 1], y: 2 },
    data: phases.map(({ startMs, endMs }, row) => [startMs - zeroMs, endMs - zeroMs, row]),
    renderItem: (params, api) => {
      const phase = phases[params.dataIndex]!;
      const [x1 = 0, y = 0] = api.coord([phase.startMs - zeroMs, params.dataIndex]);
      const [x2 = 0] = api.coord([phase.endMs - zeroMs, params.dataIndex]);
      return {
        type: "rect",
        shape: { x: x1, y: y - 8, width: Math.max(BAR_PX_MIN, x2 - x1), height: 16 },
        style: { fill: theme.accent },
        textContent: {
          type: "text",
          style: { text: formatDurationMs(lengthOf(phase)), fill: theme.ink, fontSize: 11 },
        },
        textConfig: { position: "right", distance: 5 },
      };
    },
  };
}
