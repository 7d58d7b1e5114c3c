import { expect, test } from "vitest";
import type { RunEvent } from "../../record/events.ts";
import type { StageQuestion } from "../../record/format.ts";
import type { PlannedCeiling } from "../../record/planned-trial.ts";
import { WAL_PROGRESS_HEADER } from "../../record/series-format.ts";
import type { InstanceSeries, RunRecord } from "../../record/run-record.ts";
import { recordOf, type TrialOf } from "../../../test/support/record.ts";
import { analyzeRecord } from "../../analysis/analyze-record.ts";
import type { CeilingsAnalysis } from "./model.ts";
import { STAGE_ANALYSES } from "../analyses.ts";

const MB = 1024 ** 2;
const SEGMENT = 16 * MB;
const EVERY_MS = 50;
const SECONDS = 40;

type At = (atMs: number) => number | null;

interface Scene {
  readonly trials: readonly (TrialOf & { readonly ceiling: Partial<PlannedCeiling> })[];
  /** By server and series: its value at each instant. */
  readonly progress: Readonly<Record<string, Readonly<Record<string, At>>>>;
  readonly events: readonly RunEvent[];
  /** One value per second: WAL written, for the operating point. */
  readonly walBytes?: readonly number[];
}

function analyze({ trials, progress, events, walBytes }: Scene): CeilingsAnalysis {
  const record = recordOf({
    trials,
    events,
    series: walBytes === undefined ? {} : { "pg-wal/walBytes": walBytes },
  });
  const question: StageQuestion = {
    kind: "ceilings",
    stage: 0,
    title: "tpcb-like",
    clients: 4,
    of: ["archive", "replay"],
  };
  const planned = record.manifest.plan.trials.map((trial, i) => ({
    ...trial,
    ceiling: { ...CEILING, ...trials[i]!.ceiling },
  }));
  const t = Array.from({ length: (SECONDS * 1000) / EVERY_MS }, (_, i) => i * EVERY_MS);
  const on = Object.entries(progress).map(([name, series]): [string, InstanceSeries] => [
    name,
    {
      t,
      values: new Map(Object.entries(series).map(([key, at]) => [key, t.map(at)])),
      keyed: new Map(),
      labels: new Map(),
      gaps: new Map(),
      gapTimes: [],
    },
  ]);
  const whole: RunRecord = {
    ...record,
    manifest: {
      ...record.manifest,
      plan: { ...record.manifest.plan, trials: planned, questions: [question] },
    },
    probes: new Map([
      ...record.probes,
      [WAL_PROGRESS_HEADER.probe, { header: WAL_PROGRESS_HEADER, on: new Map(on) }],
    ]),
  };
  return analyzeRecord(whole, STAGE_ANALYSES).ceilings[0]!;
}

const CEILING: PlannedCeiling = {
  of: "archive",
  by: "wal",
  pileBytes: 160 * MB,
  drainMs: 30_000,
  under: null,
};

const primary = () => ({ kind: "role", atMs: 0, on: "pg1", role: "primary", text: "" }) as const;

function happened(
  atMs: number,
  phase: Extract<RunEvent, { kind: "ceiling" }>["phase"],
  more: Partial<Extract<RunEvent, { kind: "ceiling" }>> = {},
): RunEvent {
  return {
    kind: "ceiling",
    atMs,
    trial: "pile",
    on: "archive",
    phase,
    targetLsnBytes: 160 * MB,
    streams: 1,
    text: "",
    ...more,
  };
}

/** Files that are done at these instants. */
const doneAt = (instants: readonly number[]) => ({
  archived: (atMs: number) => instants.filter((one) => one <= atMs).length,
  lastArchivedAgeMs: (atMs: number) => {
    const last = instants.findLast((one) => one <= atMs);
    return last === undefined ? null : atMs - last;
  },
});

test("an archive's rate is that of the segments done since it was let go", () => {
  const instants = [2013, 4021, 6007, 8033, 10_011].map((ms) => 5000 + ms);
  const { ceilings } = analyze({
    trials: [{ id: "pile", tps: [100, 100], ceiling: {} }],
    progress: { pg1: { flushedLsnBytes: () => 160 * MB, ...doneAt(instants) } },
    events: [primary(), happened(5000, "released"), happened(15_100, "drained")],
  });
  expect(ceilings).toHaveLength(1);
  expect(ceilings[0]).toMatchObject({
    of: "archive",
    by: "wal",
    bytes: 5 * SEGMENT,
    tps: null,
    isLowerBound: false,
    because: "5 segments in 10 s.",
  });
  // Instants are the server's, not those of the readings.
  expect(ceilings[0]!.tookMs).toBeCloseTo(10_011, 6);
  expect(ceilings[0]!.segmentsPerS).toBeCloseTo(5 / 10.011, 6);
});

test("of four streams only whole rounds count: in the last one some have no work", () => {
  const rounds = [2000, 2030, 2060, 2090, 4000, 4030, 4060, 4090, 6000, 6030];
  const { ceilings } = analyze({
    trials: [{ id: "pile", tps: [100, 100], ceiling: {} }],
    progress: {
      pg1: { flushedLsnBytes: () => 160 * MB, ...doneAt(rounds.map((ms) => 5000 + ms)) },
    },
    events: [
      primary(),
      happened(5000, "released", { streams: 4 }),
      happened(11_050, "drained", { streams: 4 }),
    ],
  });
  // Ten in 6.03 s would be 1.66 a second; four every two seconds are 1.96.
  expect(ceilings[0]!.segmentsPerS).toBeCloseTo(8 / 4.09, 6);
});

test("is not known, and no 0, where hardly anything was archived", () => {
  const { ceilings, forecast, forecastBecause } = analyze({
    trials: [{ id: "pile", tps: [100, 100], ceiling: {} }],
    progress: { pg1: { flushedLsnBytes: () => 160 * MB, ...doneAt([34_000]) } },
    events: [primary(), happened(5000, "released"), happened(35_000, "given-up")],
  });
  expect(ceilings[0]).toMatchObject({ bytesPerS: null, segmentsPerS: null });
  expect(forecast).toBeNull();
  expect(forecastBecause).toBe("Only 1 segment was archived in 30 s.");
});

test("an archive that kept up can do at least what came, and nothing is forecast from that", () => {
  const written = (atMs: number) => Math.min(160, (atMs / 1000) * 40) * MB;
  const { ceilings, forecastBecause, pipeline } = analyze({
    trials: [{ id: "pile", tps: [100, 100, 100, 100], ceiling: {} }],
    progress: {
      pg1: {
        flushedLsnBytes: written,
        archivedLsnBytes: (atMs) => Math.floor(written(atMs) / SEGMENT) * SEGMENT,
        ...doneAt([]),
      },
    },
    events: [primary(), happened(5000, "released"), happened(5001, "drained")],
  });
  expect(ceilings[0]).toMatchObject({ isLowerBound: true });
  expect(ceilings[0]!.bytesPerS! / MB).toBeCloseTo(40, 6);
  expect(forecastBecause).toBe("It kept up: nothing waited when the load ended.");
  expect(pipeline.at(-1)).toMatchObject({ station: "archive", isLowerBound: true });
});

test("replay is told in the load's own transactions, and one that is too quick as at least", () => {
  const replayed = (perMs: number) => (atMs: number) =>
    Math.min(40 * MB, Math.max(0, atMs - 5000) * perMs);
  const scene = (perMs: number) =>
    analyze({
      // 4,000 transactions wrote 40 MB.
      trials: [{ id: "pile", tps: [2000, 2000], ceiling: { of: "replay", by: "workload" } }],
      progress: {
        pg1: { flushedLsnBytes: (atMs) => Math.min(40 * MB, (atMs / 2000) * 40 * MB) },
        pg2: { flushedLsnBytes: () => 40 * MB, replayedLsnBytes: replayed(perMs) },
      },
      events: [
        primary(),
        happened(4500, "piled", { on: "pg2" }),
        happened(5000, "released", { on: "pg2", targetLsnBytes: 40 * MB }),
        happened(14_000, "drained", { on: "pg2", targetLsnBytes: 40 * MB }),
      ],
    }).ceilings[0]!;
  const slow = scene(10 * 1024);
  expect(slow.bytesPerS! / (10 * 1024 * 1000)).toBeCloseTo(1, 2);
  expect(slow.tps! / (slow.bytesPerS! / ((40 * MB) / 4000))).toBeCloseTo(1, 6);
  expect(slow.isLowerBound).toBe(false);
  expect(scene(1024 * 1024).isLowerBound).toBe(true);
});

test("the backlog and the room are forecast from two rates, and held against what came", () => {
  const release = 5000;
  const instants = [1, 2, 3, 4, 5].map((n) => release + n * 2000);
  const start = 17_000; // The second trial's window begins after the first one's end and a pause.
  const since = (atMs: number) => Math.max(0, atMs - start) / 1000;
  const { forecast, sustainable, pipeline } = analyze({
    trials: [
      { id: "load", tps: [500, 500], ceiling: { of: "load", by: "workload", pileBytes: null } },
      { id: "pile", tps: Array.from({ length: 13 }, () => 100), ceiling: {} },
      {
        id: "more",
        mode: "open",
        rateTps: 384,
        tps: Array.from({ length: 10 }, () => 384),
        ceiling: { of: "forecast", pileBytes: null },
      },
    ],
    walBytes: Array.from({ length: SECONDS }, (_, i) => i * 12 * MB),
    progress: {
      pg1: {
        flushedLsnBytes: (atMs) => 160 * MB + since(atMs) * 24 * MB,
        archivedLsnBytes: (atMs) => 160 * MB + Math.floor(since(atMs) / 2) * SEGMENT,
        roomBytes: (atMs) => 400 * MB - since(atMs) * 15 * MB,
        ...doneAt(instants),
      },
    },
    events: [primary(), happened(release, "released"), happened(15_100, "drained")],
  });
  expect(forecast!.walBytesPerS / MB).toBeCloseTo(24, 3);
  expect(forecast!.archiveBytesPerS / MB).toBeCloseTo(8, 3);
  expect(forecast!.predictedBytes / MB).toBeCloseTo(16 * (forecast!.overMs / 1000), 3);
  expect(Math.abs(forecast!.errorShare)).toBeLessThan(0.1);
  expect(forecast!.untilFullMs! / 1000).toBeCloseTo(forecast!.room!.startBytes / MB / 16, 3);
  expect(forecast!.room!.tookMs / forecast!.room!.predictedMs).toBeCloseTo(16 / 15, 3);

  const archive = pipeline.find(({ station }) => station === "archive")!;
  // 12 MB a second come, of 500 transactions; the archive can do 8 of them.
  expect(archive.ceilingTps).toBeCloseTo((500 * 8) / 12, 3);
  expect(archive.headroomShare).toBeCloseTo(-0.5, 3);
  expect(archive.overflow).toContain("The backlog grows by 4 MB/s");
  expect(sustainable).toMatchObject({ station: "archive", isLowerBound: false });
  expect(sustainable!.tps).toBeCloseTo(0.7 * ((500 * 8) / 12), 3);
  expect(sustainable!.sentence).toMatchInlineSnapshot(
    `"Sustainable: 233 transactions per second: archive ends it. It can do 333, less 30 % so that a backlog can go again."`,
  );
});
