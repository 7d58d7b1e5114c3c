import type { EChartsOption } from "echarts";
import type { CeilingsAnalysis, PipelineRow } from "./model.ts";
import { formatNumber } from "../../lib/units.ts";
import { PIPELINE_COLUMNS, pipelineRow } from "./tell-ceilings.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "../../report/figures/figure.ts";
import { rowAxis } from "../../report/figures/row-axis.ts";
import type { FigureTheme } from "../../report/figures/theme.ts";

const ROW_PX = 34;

/** Under which the picture of the way of the WAL is found. */
export function figureIdOf({ stage }: CeilingsAnalysis): string {
  return `pipeline-${stage + 1}`;
}

/** What each station of the WAL can do in transactions per second, against what comes. */
export function pipelineFigure(ceilings: CeilingsAnalysis): Figure | null {
  const rows = ceilings.pipeline.filter(({ ceilingTps }) => ceilingTps !== null);
  if (rows.length === 0) return null;
  const least = rows.reduce((most, one) => (one.ceilingTps! < most.ceilingTps! ? one : most));
  return {
    id: figureIdOf(ceilings),
    group: "stage",
    title: `The way of the WAL: what each station can do, ${ceilings.title}`,
    alt: `The least is ${least.station} with ${formatNumber(least.ceilingTps!)} transactions per second${ceilings.operating === null ? "" : `; ${formatNumber(ceilings.operating.tps)} come`}.`,
    heightPx: 70 + ROW_PX * rows.length,
    table: { columns: PIPELINE_COLUMNS, rows: ceilings.pipeline.map(pipelineRow), text: [0, 6] },
    draw: (theme) => drawPipeline(rows, ceilings, theme),
  };
}

/** A logarithmic axis: the stations lie decades apart, and the least must be seen. */
function drawPipeline(
  rows: readonly PipelineRow[],
  { operating }: CeilingsAnalysis,
  theme: FigureTheme,
): EChartsOption {
  const style = axisStyle(theme);
  const values = [...rows.map(({ ceilingTps }) => ceilingTps!), operating?.tps ?? Infinity];
  const reached = rows.filter(({ isLowerBound }) => !isLowerBound);
  const first = reached.toSorted((a, b) => a.ceilingTps! - b.ceilingTps!)[0];
  const min = 10 ** Math.floor(Math.log10(Math.max(1e-3, Math.min(...values)) / 2));
  return {
    ...baseOption(theme),
    grid: { left: 150, right: 90, top: 24, bottom: 34 },
    xAxis: {
      ...style,
      type: "log",
      min,
      name: "tps",
      nameLocation: "end",
      axisLabel: { ...style.axisLabel, formatter: (tps: number) => formatNumber(tps) },
    },
    yAxis: rowAxis(
      rows.map(({ station }) => station),
      theme,
    ),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "item",
      formatter: (params: unknown) => {
        const row = rows[(params as { dataIndex?: number }).dataIndex ?? -1];
        return row === undefined ? "" : `<b>${row.station}</b> ${textOf(row)}<br>${row.overflow}`;
      },
    },
    series: [
      {
        type: "bar",
        barWidth: 16,
        data: rows.map((row) => ({
          value: row.ceilingTps!,
          itemStyle: {
            color: row === first ? theme.accent : theme.muted,
            opacity: row.isLowerBound ? 0.5 : 1,
          },
        })),
        label: {
          show: true,
          position: "right",
          color: theme.ink,
          fontSize: 11,
          formatter: ({ dataIndex }) => textOf(rows[dataIndex]!),
        },
        ...(operating === null
          ? {}
          : {
              markLine: {
                symbol: "none",
                silent: true,
                lineStyle: { color: theme.ink, type: "dashed" as const },
                label: {
                  formatter: `comes: ${formatNumber(operating.tps)}`,
                  color: theme.ink,
                  fontSize: 11,
                },
                data: [{ xAxis: operating.tps }],
              },
            }),
      },
    ],
  };
}

function textOf({ ceilingTps, isLowerBound }: PipelineRow): string {
  return `${isLowerBound ? "≥ " : ""}${formatNumber(ceilingTps!)}`;
}
