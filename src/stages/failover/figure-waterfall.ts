import type { CustomSeriesOption, EChartsOption } from "echarts";
import type { FailoverTrial, Phase } from "../../analysis/failover/model.ts";
import type { FailoverAnalysis } from "./model.ts";
import { formatDurationMs } from "../../lib/units.ts";
import { phaseTableOf } from "./tell-failover.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "../../report/figures/figure.ts";
import { rowAxis } from "../../report/figures/row-axis.ts";
import { spanBars } from "../../report/figures/span-bars.ts";
import type { FigureTheme } from "../../report/figures/theme.ts";

const ROW_PX = 26;
/** Shorter phases are in the table only: a bar of no width says nothing. */
const SHOWN_SHARE_MIN = 0.01;
const BAR_PX_MIN = 2;

/** Under which it is found. */
export function waterfallIdOf({ stage }: FailoverAnalysis): string {
  return `waterfall-${stage + 1}`;
}

/** Where the time without writes went, phase after phase, in the trial that is in the middle. */
export function waterfallFigure(failover: FailoverAnalysis): Figure | null {
  const trial = middleOf(failover);
  if (trial === null) return null;
  const zeroMs = trial.phases[0]!.startMs;
  const wholeMs = trial.phases.at(-1)!.endMs - zeroMs;
  const phases = trial.phases.filter((phase) => lengthOf(phase) >= SHOWN_SHARE_MIN * wholeMs);
  const longest = phases.reduce((most, one) => (lengthOf(one) > lengthOf(most) ? one : most));
  return {
    id: waterfallIdOf(failover),
    group: "stage",
    title: `Where the time went: ${failover.what}, trial ${trial.repetition}, the one in the middle`,
    alt: `${formatDurationMs(wholeMs)} from the last write to full throughput; the longest part is ${longest.name} with ${formatDurationMs(lengthOf(longest))}.`,
    heightPx: 56 + ROW_PX * phases.length,
    table: { ...phaseTableOf(failover), text: [0, 4] },
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
    yAxis: rowAxis(
      phases.map(({ name }) => name),
      theme,
    ),
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
    series: [barsOf(phases, zeroMs, theme)],
  };
}

function barsOf(phases: readonly Phase[], zeroMs: number, theme: FigureTheme): CustomSeriesOption {
  const bars = phases.map((phase, row) => ({
    row,
    fromMs: phase.startMs - zeroMs,
    toMs: phase.endMs - zeroMs,
    text: phase.name,
  }));
  return spanBars(bars, { widthPxMin: BAR_PX_MIN }, ({ fromMs, toMs }) => ({
    color: theme.accent,
    heightPx: 16,
    label: {
      textContent: {
        type: "text",
        style: { text: formatDurationMs(toMs - fromMs), fill: theme.ink, fontSize: 11 },
      },
      textConfig: { position: "right", distance: 5 },
    },
  }));
}
