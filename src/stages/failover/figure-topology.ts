import type { CustomSeriesOption, EChartsOption } from "echarts";
import type { FailoverTrial } from "../../analysis/failover/model.ts";
import type { FailoverAnalysis } from "./model.ts";
import { formatDurationMs } from "../../lib/units.ts";
import { buildLanes, type Lane, type LaneRole } from "../../report/timeline/build-lanes.ts";
import type { ReportModel } from "../../report/model.ts";
import { axisStyle, baseOption, tooltipStyle, type Figure } from "../../report/figures/figure.ts";
import { rowAxis } from "../../report/figures/row-axis.ts";
import { spanBars, type SpanBar } from "../../report/figures/span-bars.ts";
import type { FigureTheme } from "../../report/figures/theme.ts";

/** What is shown before the fault, and at most after it. */
const BEFORE_MS = 1000;
const AFTER_MS_MAX = 20_000;
const LANE_PX = 40;
/** A narrower bar has no room for its text. */
const TEXT_PX = 60;

/** Under which it is found. */
export function topologyIdOf({ stage }: FailoverAnalysis): string {
  return `topology-${stage + 1}`;
}

/** Who was what around the fault, in the trial whose writes were away longest. */
export function topologyFigure(model: ReportModel, failover: FailoverAnalysis): Figure | null {
  const trial = longestOf(failover);
  const lanes = buildLanes(model.events);
  if (trial === null || trial.disturbedAtMs === null || lanes.length === 0) return null;
  const zeroMs = trial.disturbedAtMs;
  const fromMs = zeroMs - BEFORE_MS;
  const endMs = (trial.redundancyMs ?? trial.gap?.ms ?? 0) + 500;
  const toMs = zeroMs + Math.min(AFTER_MS_MAX, Math.max(2000, endMs));
  const cut = lanes.map((lane) => cutLane(lane, fromMs, toMs));
  return {
    id: topologyIdOf(failover),
    group: "stage",
    title: `Who took writes: ${failover.what}, trial ${trial.repetition}, the longest`,
    alt: describe(trial, cut, zeroMs),
    heightPx: 70 + LANE_PX * (cut.length + 1),
    table: {
      columns: ["instance", "role", "from", "to"],
      text: [0, 4],
      rows: cut.flatMap(({ on, spans }) =>
        spans.map(({ role, startMs, endMs }) => [
          on,
          role,
          formatOffset(startMs - zeroMs),
          formatOffset(endMs - zeroMs),
        ]),
      ),
    },
    draw: (theme) => drawTopology({ lanes: cut, trial, zeroMs, fromMs, toMs }, theme),
  };
}

/** The trial whose writes were away longest; `null` where none tells. */
export function longestOf({ trials }: FailoverAnalysis): FailoverTrial | null {
  let longest: FailoverTrial | null = null;
  for (const trial of trials) {
    if (trial.gap !== null && trial.gap.ms > (longest?.gap?.ms ?? -1)) longest = trial;
  }
  return longest;
}

function cutLane({ on, spans, marks }: Lane, fromMs: number, toMs: number): Lane {
  return {
    on,
    spans: spans.flatMap(({ role, startMs, endMs }) => {
      const span = { role, startMs: Math.max(startMs, fromMs), endMs: Math.min(endMs, toMs) };
      return span.endMs > span.startMs ? [span] : [];
    }),
    marks: marks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
  };
}

function describe(trial: FailoverTrial, lanes: readonly Lane[], zeroMs: number): string {
  const away = trial.gap === null ? "" : ` Writes were away for ${formatDurationMs(trial.gap.ms)}.`;
  const roles = lanes.map(
    ({ on, spans }) =>
      `${on} ${spans.map(({ role, startMs }) => `${role} from ${formatOffset(startMs - zeroMs)}`).join(", ")}`,
  );
  return `Roles around the fault: ${roles.join("; ")}.${away}`;
}

/** `+1.9 s` after the fault, `−1 s` before it. */
export function formatOffset(ms: number): string {
  if (Math.round(ms) === 0) return "0";
  return `${ms < 0 ? "−" : "+"}${formatDurationMs(Math.round(Math.abs(ms)))}`;
}

interface Scene {
  readonly lanes: readonly Lane[];
  readonly trial: FailoverTrial;
  readonly zeroMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function drawTopology(scene: Scene, theme: FigureTheme): EChartsOption {
  const { lanes, trial, zeroMs, fromMs, toMs } = scene;
  const style = axisStyle(theme);
  return {
    ...baseOption(theme),
    grid: { left: 70, right: 18, top: 30, bottom: 34 },
    xAxis: {
      ...style,
      type: "value",
      min: fromMs - zeroMs,
      max: toMs - zeroMs,
      axisLabel: {
        ...style.axisLabel,
        showMaxLabel: false,
        formatter: (ms: number) => formatOffset(ms),
      },
    },
    yAxis: rowAxis([...lanes.map(({ on }) => on), "writes"], theme),
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "item",
      formatter: (params: unknown) => (params as { name: string }).name,
    },
    series: [
      barsOf(scene, theme),
      {
        type: "scatter",
        silent: true,
        symbolSize: 9,
        symbol: "triangle",
        symbolRotate: 180,
        itemStyle: { color: theme.bad },
        data: lanes.flatMap(({ on, marks }) =>
          marks.map(({ atMs, text }) => ({ name: text, value: [atMs - zeroMs, on] })),
        ),
        label: {
          show: true,
          position: "top",
          distance: 6,
          color: theme.ink,
          fontSize: 10,
          formatter: "{b}",
          textBorderColor: theme.background,
          textBorderWidth: 3,
        },
        labelLayout: { hideOverlap: true },
        markLine: {
          silent: true,
          symbol: "none",
          animation: false,
          lineStyle: { color: theme.bad, width: 1, type: "dashed" },
          label: { formatter: "fault", color: theme.bad, fontSize: 10, position: "start" },
          data: trial.disturbedAtMs === null ? [] : [{ xAxis: 0 }],
        },
      },
    ],
  };
}

interface Box extends SpanBar {
  readonly color: string;
}

function boxesOf({ lanes, trial, zeroMs, fromMs, toMs }: Scene, theme: FigureTheme): Box[] {
  const writes = lanes.length;
  const gap = trial.gap;
  const away = gap === null ? [] : [[gap.startMs, gap.endMs ?? toMs] as const];
  const startMs = away[0]?.[0] ?? toMs;
  const endMs = away[0]?.[1] ?? toMs;
  const box = (row: number, from: number, to: number, color: string, text: string): Box[] =>
    to > from ? [{ row, fromMs: from - zeroMs, toMs: to - zeroMs, color, text }] : [];
  return [
    ...lanes.flatMap(({ spans }, lane) =>
      spans.flatMap((span) =>
        box(lane, span.startMs, span.endMs, colorOf(span.role, theme), span.role),
      ),
    ),
    ...box(writes, fromMs, Math.min(startMs, toMs), theme.accent, "acknowledged"),
    ...(gap === null
      ? []
      : box(
          writes,
          startMs,
          Math.min(endMs, toMs),
          theme.bandInvalid,
          `none: ${formatDurationMs(gap.ms)}`,
        )),
    ...box(writes, endMs, toMs, theme.accent, "acknowledged"),
  ];
}

function colorOf(role: LaneRole, theme: FigureTheme): string {
  switch (role) {
    case "primary":
      return theme.categorical[0]!;
    case "standby":
      return theme.percentiles[0];
    case "fenced":
      return theme.categorical[1]!;
    case "down":
      return theme.bandInvalid;
    case "unknown":
      return theme.rule;
  }
}

function barsOf(scene: Scene, theme: FigureTheme): CustomSeriesOption {
  const bars = spanBars(boxesOf(scene, theme), { widthPxMin: 1 }, ({ color, text }, widthPx) => ({
    color,
    heightPx: 16,
    label: {
      textContent: {
        type: "text",
        style: {
          text: widthPx > TEXT_PX ? text : "",
          fill: theme.ink,
          fontSize: 11,
          stroke: theme.background,
          lineWidth: 3,
        },
      },
      textConfig: { position: "inside" },
    },
  }));
  return { ...bars, clip: true };
}
