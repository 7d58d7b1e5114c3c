import type { RunEvent } from "../../record/events.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { buildLanes } from "./build-lanes.ts";
import type { FaultSpan, TopologyLane } from "../model.ts";
import { readStandbys, type StandbyLines } from "./standby-lines.ts";

/** Who was what over the whole run, and for whom commits waited; empty without a cluster. */
export function buildTopology(record: RunRecord): TopologyLane[] {
  const standbys = readStandbys(record);
  return buildLanes(record.events).map(({ on, spans }) => {
    const standby = standbys.find(({ name }) => name === on);
    return {
      on,
      spans,
      synchronous: standby === undefined ? [] : synchronousSpans(standby),
      promotedAtMs: record.events.flatMap((event) =>
        event.kind === "cluster" && event.event === "promoted" && event.on === on
          ? [event.atMs]
          : [],
      ),
    };
  });
}

/** Each reading stands for the time until the next. */
function synchronousSpans(standby: StandbyLines): { startMs: number; endMs: number }[] {
  const { t, v } = standby.line("isSync");
  const quorum = standby.line("isQuorum").v;
  const spans: { startMs: number; endMs: number }[] = [];
  t.forEach((startMs, i) => {
    const endMs = t[i + 1] ?? startMs;
    if ((v[i] ?? 0) + (quorum[i] ?? 0) === 0) return;
    const last = spans.at(-1);
    if (last?.endMs === startMs) last.endMs = endMs;
    else spans.push({ startMs, endMs });
  });
  return spans.filter((span) => span.endMs > span.startMs);
}

/** Every fault that was in force, in the order in which they came. */
export function listFaults(events: readonly RunEvent[]): FaultSpan[] {
  const told = events.flatMap((event) => (event.kind === "fault" ? [event] : []));
  return told.flatMap(({ phase, fault, on, atMs: startMs }, i) => {
    if (phase !== "applied") return [];
    const end = told
      .slice(i + 1)
      .find((later) => later.fault === fault && later.on === on && later.phase === "healed");
    return [{ fault, on, startMs, endMs: end?.atMs ?? null }];
  });
}
