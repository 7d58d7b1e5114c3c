import type { CustomSeriesOption, EChartsOption, SeriesOption } from "echarts";
import { formatDurationMs } from "../../lib/units.ts";
import type { FaultSpan, ReportModel, TopologyLane } from "../model.ts";
import { baseOption, tooltipStyle, type Figure } from "./figure.ts";
import { markBands } from "./marks.ts";
import { rowAxis } from "./row-axis.ts";
import { spanBars, type SpanBar } from "./span-bars.ts";
import { formatClock, legendStyle, PANEL_EDGES_PX, runAxis, runZoom } from "./timeline.ts";
import type { FigureTheme } from "./theme.ts";

const LANE_PX = 34;
const BAR_PX = 14;
/** Below the bar of its lane. */
const SYNC_PX = 4;

type Role = TopologyLane["spans"][number]["role"];
const ROLES: readonly Role[] = ["primary", "standby", "down", "fenced", "unknown"];

/** Who was what over the whole run, for whom commits waited, and what was broken when. */
export function wholeTopologyFigure(model: ReportModel): Figure {
  const { topology, faults } = model;
  return {
    id: "timeline-topology",
    group: "timeline",
    title: "Who was what, and what was broken",
    alt: `${topology.map(describe).join("; ")}. ${describeFaults(faults)}`,
    heightPx: 62 + LANE_PX * topology.length,
    table: {
      columns: ["instance", "was", "from", "to"],
      rows: [
        ...topology.flatMap(({ on, spans, synchronous }) => [
          ...spans.map(({ role, startMs, endMs }) => [on, role, ...clock(startMs, endMs)]),
          ...synchronous.map(({ startMs, endMs }) => [on, "synchronous", ...clock(startMs, endMs)]),
        ]),
        ...faults.map(({ on, fault, startMs, endMs }) => [on, fault, ...clock(startMs, endMs)]),
      ],
    },
    draw: (theme, widthPx) => drawTopology(model, theme, widthPx),
  };
}

function clock(startMs: number, endMs: number | null): [string, string] {
  return [formatClock(startMs), endMs === null ? "–" : formatClock(endMs)];
}

function describe({ on, spans, synchronous, promotedAtMs }: TopologyLane): string {
  const primaryMs = spans
    .filter(({ role }) => role === "primary")
    .reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const syncMs = synchronous.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const parts = [
    primaryMs === 0 ? "never primary" : `primary for ${formatDurationMs(primaryMs)}`,
    ...(syncMs === 0 ? [] : [`synchronous for ${formatDurationMs(syncMs)}`]),
    ...promotedAtMs.map((ms) => `promoted at ${formatClock(ms)}`),
  ];
  return `${on}: ${parts.join(", ")}`;
}

function describeFaults(faults: readonly FaultSpan[]): string {
  if (faults.length === 0) return "No fault was applied.";
  const told = faults.map(
    ({ fault, on, startMs }) => `${fault} of ${on} at ${formatClock(startMs)}`,
  );
  return `Faults: ${told.join(", ")}.`;
}

function drawTopology(model: ReportModel, theme: FigureTheme, widthPx: number): EChartsOption {
  const { topology } = model;
  return {
    ...baseOption(theme),
    grid: { ...PANEL_EDGES_PX, top: 38, bottom: 24 },
    legend: legendStyle(theme),
    xAxis: runAxis(model, theme),
    yAxis: {
      ...rowAxis(
        topology.map(({ on }) => on),
        theme,
      ),
      axisLine: { show: false },
    },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: "item",
      formatter: (params: unknown) => (params as { name: string }).name,
    },
    // A bar that begins before what is zoomed to stays.
    dataZoom: [{ ...runZoom(), filterMode: "weakFilter" as const }],
    series: [
      ...ROLES.flatMap((role) => barSeries(role, rolesOf(topology, role), colorOf(role, theme))),
      ...barSeries("synchronous", syncOf(topology), theme.categorical[2]!),
      {
        type: "scatter",
        name: "promoted",
        color: theme.ink,
        symbol: "triangle",
        symbolSize: 8,
        symbolOffset: [0, -BAR_PX / 2 - 3],
        symbolRotate: 180,
        data: topology.flatMap(({ on, promotedAtMs }, lane) =>
          promotedAtMs.map((ms) => ({
            name: `${formatClock(ms)}: ${on} promoted`,
            value: [ms, lane],
          })),
        ),
      },
      // Lines without points: one carries the bands of trials, one those of faults.
      { type: "line", name: "", data: [], z: 0, silent: true, markArea: markBands(model, theme) },
      {
        type: "line",
        name: "",
        data: [],
        z: 1,
        silent: true,
        markArea: faultBands(model, theme, widthPx),
      },
    ] as SeriesOption[],
  };
}

interface Bar extends SpanBar {
  /** A thin line below the bar of a role. */
  readonly isThin: boolean;
}

function rolesOf(topology: readonly TopologyLane[], wanted: Role): Bar[] {
  return topology.flatMap(({ on, spans }, row) =>
    spans
      .filter(({ role }) => role === wanted)
      .map(({ startMs, endMs }) => {
        const text = `${on} ${wanted}, ${formatClock(startMs)} to ${formatClock(endMs)}`;
        return { row, fromMs: startMs, toMs: endMs, text, isThin: false };
      }),
  );
}

function syncOf(topology: readonly TopologyLane[]): Bar[] {
  return topology.flatMap(({ on, synchronous }, row) =>
    synchronous.map(({ startMs, endMs }) => {
      const text = `Commits wait for ${on}, ${formatClock(startMs)} to ${formatClock(endMs)}`;
      return { row, fromMs: startMs, toMs: endMs, text, isThin: true };
    }),
  );
}

/** None where nobody ever was that: the legend names what there is to see. */
function barSeries(name: string, bars: readonly Bar[], color: string): CustomSeriesOption[] {
  if (bars.length === 0) return [];
  const series = spanBars(bars, { widthPxMin: 1 }, ({ isThin }) =>
    isThin ? { color, heightPx: SYNC_PX, topPx: BAR_PX / 2 + 1 } : { color, heightPx: BAR_PX },
  );
  return [{ ...series, name, color, clip: true }];
}

/** Roughly, of a name in small type. */
const LETTER_PX = 5.6;

/** The names that have room above their frames; the table has all. */
function namesWithRoom({ faults, run }: ReportModel, widthPx: number): readonly string[] {
  const plotPx = widthPx - PANEL_EDGES_PX.left - PANEL_EDGES_PX.right;
  let takenPx = Number.NEGATIVE_INFINITY;
  return faults.map(({ fault, startMs, endMs }) => {
    const middleMs = (startMs + (endMs ?? run.durationMs)) / 2;
    const middlePx = (middleMs / Math.max(1, run.durationMs)) * plotPx;
    const halfPx = (fault.length * LETTER_PX) / 2;
    if (middlePx - halfPx < takenPx) return "";
    takenPx = middlePx + halfPx;
    return fault;
  });
}

/** From when it was in force until it was healed, with its name above. */
function faultBands(model: ReportModel, theme: FigureTheme, widthPx: number) {
  const { faults, run } = model;
  const names = namesWithRoom(model, widthPx);
  return {
    silent: true,
    label: {
      show: true,
      position: "top" as const,
      distance: 1,
      color: theme.bad,
      fontSize: 10,
    },
    itemStyle: { color: "transparent", borderColor: theme.bad, borderWidth: 1, borderType: [3, 2] },
    data: faults.map(({ startMs, endMs }, i) => [
      { name: names[i]!, xAxis: startMs },
      { xAxis: endMs ?? run.durationMs },
    ]),
  };
}

function colorOf(role: Role, theme: FigureTheme): string {
  switch (role) {
    case "primary":
      return theme.categorical[0]!;
    case "standby":
      return theme.categorical[5]!;
    case "down":
      return theme.bad;
    case "fenced":
      return theme.categorical[4]!;
    case "unknown":
      return theme.rule;
  }
}
