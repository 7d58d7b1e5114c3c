import type { Analysis } from "../../analysis/model.ts";
import { slopePerS } from "../../analysis/gauges.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { formatNumber } from "../../lib/units.ts";
import { buildLanes } from "./build-lanes.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";
import { instancesOf, readLines, type Line } from "./read-series.ts";

/** Fewer segments than this more in a window may be one that was just ended. */
const GROWTH_SEGMENTS_MIN = 3;
const UNIT = "segments";

/**
 * Segments that wait for the archive. Where they grew in a trial's window, a line goes on at that
 * pace for as long again: what would have come of it.
 */
export function buildBacklogPanel(record: RunRecord, { trials }: Analysis): TimelinePanel[] {
  const waiting = readWaiting(record);
  if (waiting === null || waiting.v.every((x) => x === null)) return [];
  const windows = trials.flatMap(({ window }) => (window === null ? [] : [window]));
  const forecasts = windows
    .toSorted((a, b) => a.startMs - b.startMs)
    .flatMap((window) => forecastOf(waiting, window) ?? []);
  return [
    {
      id: "archive-backlog",
      title: "WAL segments that wait for the archive",
      unit: UNIT,
      stacked: false,
      series: [{ name: "waiting", unit: UNIT, ...waiting }, ...forecasts],
    },
  ];
}

/** Of whoever was primary at the time, where the record tells: a standby archives nothing. */
function readWaiting(record: RunRecord): Line | null {
  const lanes = buildLanes(record.events);
  const points = instancesOf(record, "pg-archiver").flatMap(([on, instance]) => {
    const [line] = readLines(instance, "ready");
    const spans = lanes.find((lane) => lane.on === on)?.spans ?? null;
    return (line?.t ?? []).flatMap((t, i) => {
      const role = spans?.find(({ startMs, endMs }) => t >= startMs && t < endMs)?.role;
      const counts = spans === null || role === "primary";
      return counts ? [{ t, v: line!.v[i] ?? null }] : [];
    });
  });
  const inOrder = points.toSorted((a, b) => a.t - b.t);
  return inOrder.length === 0
    ? null
    : { t: inOrder.map(({ t }) => t), v: inOrder.map(({ v }) => v) };
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** `null` where the backlog did not surely grow in the window. */
function forecastOf({ t, v }: Line, { startMs, endMs }: Span): TimelineSeries | null {
  const inside = t.flatMap((at, i) => (at >= startMs && at <= endMs ? [i] : []));
  const line = { t: inside.map((i) => t[i]!), v: inside.map((i) => v[i] ?? null) };
  const growth = slopePerS(line);
  const read = line.v.filter((x) => x !== null);
  const gain = (read.at(-1) ?? 0) - (read[0] ?? 0);
  if (growth.is !== "slope" || growth.low <= 0 || gain < GROWTH_SEGMENTS_MIN) return null;
  const at = (ms: number) => growth.intercept + (growth.slope * ms) / 1000;
  const goesOnMs = endMs + (endMs - startMs);
  return {
    name: `at that pace, ${formatNumber(growth.slope * 60)} more a minute`,
    unit: UNIT,
    t: [startMs, endMs, goesOnMs],
    v: [startMs, endMs, goesOnMs].map((ms) => Math.max(0, at(ms))),
    isForecast: true,
  };
}
