import { expect, test } from "vitest";
import { CLEAN, recordOfFailovers } from "../../../test/support/failover.ts";
import type { InstanceSeries, ProbeSeries, RunRecord } from "../../record/run-record.ts";
import { analyzeRecord } from "../../analysis/analyze-record.ts";
import { buildReport } from "../build-model.ts";
import { renderSvg } from "../figures/render-svg.ts";
import { DARK, LIGHT } from "../figures/theme.ts";
import { STAGE_ANALYSES } from "../../stages/analyses.ts";
import { composed } from "../../../test/support/composed.ts";
import { STAGE_REPORTS } from "../../stages/reports.ts";

type Values = Readonly<Record<string, readonly (number | null)[]>>;

/** Read at each second, on one instance. */
function readOn(keyed: Readonly<Record<string, Values>>, plain: Values = {}): InstanceSeries {
  const length = [...Object.values(keyed).flatMap((v) => Object.values(v)), ...Object.values(plain)]
    .map((v) => v.length)
    .reduce((most, n) => Math.max(most, n), 0);
  return {
    t: Array.from({ length }, (_, i) => i * 1000),
    values: new Map(Object.entries(plain)),
    keyed: new Map(Object.entries(keyed).map(([key, v]) => [key, new Map(Object.entries(v))])),
    labels: new Map(Object.keys(keyed).map((key) => [key, { application: key.split("/")[0]! }])),
    gaps: new Map(),
    gapTimes: [],
  };
}

function probeOf(name: string, on: Readonly<Record<string, InstanceSeries>>): ProbeSeries {
  const keyed = name === "pg-replication";
  const header = { probe: name, summary: "", source: "", everyMs: 1000, keyed, series: {} };
  return { header, on: new Map(Object.entries(on)) };
}

/** pg1 is killed at 4 s, pg2 is promoted at 4.7 s, and pg1 comes back as its standby at 8 s. */
function reportOf(probes: readonly ProbeSeries[]) {
  const record: RunRecord = recordOfFailovers([CLEAN]);
  const seen = {
    ...record,
    events: [
      ...record.events,
      { kind: "fault", atMs: 5000, fault: "kill-primary", phase: "healed", on: "pg1", text: "" },
    ] as RunRecord["events"],
    probes: new Map([
      ...record.probes,
      ...probes.map((probe) => [probe.header.probe, probe] as const),
    ]),
  };
  return buildReport(seen, analyzeRecord(seen, STAGE_ANALYSES), [], [], STAGE_REPORTS);
}

/** A sender is another process after each reconnect, and an absent one reads as 0 in all. */
const REPLICATION = probeOf("pg-replication", {
  pg1: readOn({
    "pg2/11": {
      isStreaming: [0, 1, 1, 1, 0, 0],
      isQuorum: [0, 1, 1, 1, 0, 0],
      isSync: [0, 0, 0, 0, 0, 0],
      replyAgeMs: [0, 5, 5, 5, 0, 0],
      sentLagBytes: [0, 0, 100, 0, 0, 0],
      writeLagBytes: [0, 10, 300, 0, 0, 0],
      flushLagBytes: [0, 10, 290, 50, 0, 0],
      replayLagBytes: [0, 40, 900, 50, 0, 0],
    },
  }),
  pg2: readOn({
    "pg1/12": {
      isStreaming: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      isQuorum: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      isSync: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      replyAgeMs: [0, 0, 0, 0, 0, 0, 0, 0, 2, 2],
      sentLagBytes: [0, 0, 0, 0, 0, 0, 0, 0, 5000, 0],
      writeLagBytes: [0, 0, 0, 0, 0, 0, 0, 0, 5000, 0],
      flushLagBytes: [0, 0, 0, 0, 0, 0, 0, 0, 5000, 0],
      replayLagBytes: [0, 0, 0, 0, 0, 0, 0, 0, 7000, 0],
    },
  }),
});

const model = reportOf([REPLICATION]);

test("a lane tells who was what, for whom commits waited, and who was promoted when", () => {
  const [pg1, pg2] = model.topology;
  expect(pg1).toMatchObject({ on: "pg1", synchronous: [], promotedAtMs: [] });
  expect(pg2!.synchronous).toEqual([{ startMs: 1000, endMs: 3000 }]);
  expect(pg2!.promotedAtMs).toEqual([4700]);
  expect(pg1!.spans.filter(({ startMs, endMs }) => startMs < 8000 && endMs > 4000)).toEqual([
    { role: "primary", startMs: -1, endMs: 4040 },
    { role: "down", startMs: 4040, endMs: 8000 },
  ]);
});

test("a fault lasts from when it was in force until it was healed", () => {
  expect(model.faults).toEqual([{ fault: "kill-primary", on: "pg1", startMs: 4000, endMs: 5000 }]);
});

test("a standby's lag is split into stages that add up, and is a gap while it is not connected", () => {
  const panel = (id: string) => model.timeline.find((one) => one.id === id)!;
  const of = (id: string) =>
    Object.fromEntries(panel(id).series.map(({ name, v }) => [name, v] as const));
  expect(panel("lag-pg2").series[0]!.t).toEqual([1000, 2000, 3000]);
  // Written and durable were read a moment apart: a stage is never less than nothing.
  expect(of("lag-pg2")).toEqual({
    "not yet sent": [0, 100, 0],
    "sent, not written": [10, 200, 0],
    "written, not durable": [0, 0, 50],
    "durable, not replayed": [30, 610, 0],
  });
  expect(of("lag-pg1")["not yet sent"]).toEqual([5000, 0]);
  expect(of("lag-pg1")["durable, not replayed"]).toEqual([2000, 0]);
});

test("a standby that comes back after a while leaves a gap", () => {
  const values = (v: readonly number[]) => ({ isStreaming: v, sentLagBytes: v });
  const again = probeOf("pg-replication", {
    pg1: readOn({ "pg2/11": values([1, 1, 0, 0, 0, 0]), "pg2/99": values([0, 0, 0, 0, 0, 1]) }),
  });
  const [panel] = reportOf([again]).timeline.filter(({ id }) => id === "lag-pg2");
  expect(panel!.series[0]).toMatchObject({ t: [0, 1000, 1001, 5000], v: [1, 1, null, 1] });
});

test("where the backlog grows in a window, a line goes on at that pace; the standby's does not count", () => {
  const ready = [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const archiver = probeOf("pg-archiver", {
    pg1: readOn({}, { ready: ready.map(() => 77) }),
    pg2: readOn({}, { ready }),
  });
  const [panel] = reportOf([archiver]).timeline.filter(({ id }) => id === "archive-backlog");
  const [waiting, forecast] = panel!.series;
  // pg1 until it was killed, pg2 from when it was promoted.
  expect(waiting!.v).toEqual([77, 77, 77, 77, 77, 4, 5, 6, 7, 8, 9].slice(0, waiting!.v.length));
  expect(forecast).toBeUndefined();

  const alone = probeOf("pg-archiver", { pg1: readOn({}, { ready }), pg2: readOn({}, {}) });
  const single = { ...alone, on: new Map([["pg9", alone.on.get("pg1")!]]) };
  const [grown] = reportOf([single]).timeline.filter(({ id }) => id === "archive-backlog");
  expect(grown!.series.map(({ name, isForecast }) => [name, isForecast])).toEqual([
    ["waiting", undefined],
    ["at that pace, 60 more a minute", true],
  ]);
  const { t, v } = grown!.series[1]!;
  expect(t.at(-1)! - t[1]!).toBe(t[1]! - t[0]!);
  expect(v.at(-1)! - v[1]!).toBeCloseTo(((t.at(-1)! - t[1]!) / 1000) * 1, 5);
});

test("the topology is drawn first of the panels, in both themes, and its table says the same", () => {
  const figures = composed(model).figures.filter(({ group }) => group === "timeline");
  const [topology] = figures;
  expect(topology!.id).toBe("timeline-topology");
  expect(topology!.alt).toMatch(/pg2: primary for .*promoted at 0:05.*kill-primary of pg1 at 0:04/);
  expect(topology!.table.rows).toContainEqual(["pg2", "synchronous", "0:01", "0:03"]);
  for (const theme of [LIGHT, DARK]) {
    const svg = renderSvg(topology!, theme);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(svg).toContain("kill-primary");
  }
});

test("names of faults that would lie upon one another are left to the table", () => {
  const [fault] = model.faults;
  const crowded = {
    ...model,
    faults: [fault!, { ...fault!, fault: "freeze-standby", startMs: 4100, endMs: 5100 }],
  };
  const topology = composed(crowded).figures.find(({ id }) => id === "timeline-topology")!;
  const svg = renderSvg(topology, LIGHT, 400);
  expect(svg).toContain("kill-primary");
  expect(svg).not.toContain("freeze-standby");
  expect(topology.table.rows.flat()).toContain("freeze-standby");
});

test("a single server has no topology", () => {
  expect(composed({ ...model, topology: [] }).figures.map(({ id }) => id)).not.toContain(
    "timeline-topology",
  );
});
