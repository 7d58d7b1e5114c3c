import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import type { ReportModel } from "../model.ts";
import { axisStyle, baseOption, NARROW_PX, tooltipStyle, type Figure } from "./figure.ts";
import { rowAxis } from "./row-axis.ts";

/** More bars than this and none is read. */
const BARS_MAX = 10;
const LABEL_LETTERS = { wide: 46, narrow: 22 };

/** Where the server's time went, by normalised statement. */
export function statementsFigure(model: ReportModel): Figure {
  const top = model.topStatements.slice(0, BARS_MAX);
  const whole = model.topStatements.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return {
    id: "statements",
    group: "statements",
    title: "Time in the server by statement",
    alt:
      top[0] === undefined
        ? "No statement was seen."
        : `The statement that took the most time took ${formatDurationMs(top[0].totalMs)}, ${formatNumber((100 * top[0].totalMs) / whole)} % of the time of all.`,
    heightPx: 34 + top.length * 28,
    table: {
      columns: ["statement", "total", "calls", "mean", "rows", "WAL bytes"],
      rows: model.topStatements.map(({ text, totalMs, calls, meanMs, rows, walBytes }) => [
        text,
        formatDurationMs(totalMs),
        formatNumber(calls),
        formatDurationMs(meanMs),
        rows === null ? "–" : formatNumber(rows),
        walBytes === null ? "–" : formatNumber(walBytes),
      ]),
    },
    draw(theme, widthPx) {
      const narrow = widthPx < NARROW_PX;
      const letters = narrow ? LABEL_LETTERS.narrow : LABEL_LETTERS.wide;
      return {
        ...baseOption(theme),
        grid: { left: narrow ? 150 : 320, right: 96, top: 6, bottom: 24 },
        xAxis: {
          ...axisStyle(theme),
          type: "value",
          axisLine: { show: false },
          splitNumber: narrow ? 2 : 4,
          axisLabel: {
            ...axisStyle(theme).axisLabel,
            formatter: (ms: number) => formatDurationMs(ms),
          },
        },
        yAxis: {
          ...rowAxis(
            top.map(({ text }) => shorten(text, letters)),
            theme,
          ),
          axisLabel: {
            color: theme.ink,
            fontSize: 11,
            fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
          },
        },
        tooltip: { ...tooltipStyle(theme), trigger: "item", formatter: "{c}" },
        series: [
          {
            type: "bar",
            barWidth: 13,
            color: theme.accent,
            silent: true,
            data: top.map(({ totalMs }) => totalMs),
            label: {
              show: true,
              position: "right",
              color: theme.ink,
              fontSize: 11,
              formatter: ({ dataIndex }: { dataIndex: number }) =>
                `${formatDurationMs(top[dataIndex]!.totalMs)} (${formatNumber((100 * top[dataIndex]!.totalMs) / whole)} %)`,
            },
          },
        ],
      };
    },
  };
}

function shorten(text: string, letters: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= letters ? line : `${line.slice(0, letters - 1)}…`;
}
