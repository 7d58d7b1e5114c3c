import { expect, test } from "vitest";
import type { Finding } from "../findings/rule.ts";
import { analysisOf, objectivesOf } from "../../test/support/made-run/analysis.ts";
import { findingsOf } from "../../test/support/made-run/findings.ts";
import { recordOf } from "../../test/support/made-run/record.ts";
import { buildReport } from "./build-model.ts";
import { STAGE_REPORTS } from "../stages/reports.ts";

const record = recordOf();
const analysis = analysisOf();
const build = (parts: {
  findings?: Finding[];
  objectives?: ReturnType<typeof objectivesOf>;
  record?: typeof record;
  analysis?: typeof analysis;
}) =>
  buildReport(
    parts.record ?? record,
    parts.analysis ?? analysis,
    parts.findings ?? findingsOf(),
    parts.objectives ?? objectivesOf(),
    STAGE_REPORTS,
  );

test("names each curve's best point, best first, with what held it back", () => {
  const { headlines } = build({});
  expect(headlines.map(({ sentence, heldBackFinding }) => [sentence, heldBackFinding])).toEqual([
    [
      "select-only sustained 28,866 (28,389 to 29,342) transactions per second at 32 clients.",
      null,
    ],
    [
      "TPC-B-like sustained 1,786 (1,778 to 1,794) transactions per second at 16 clients.",
      "commit-latency",
    ],
  ]);
});

test("a missing right is what was not seen, never what held a load back", () => {
  const [one] = findingsOf().filter(({ verdict }) => verdict === "fail");
  const hidden: Finding = {
    ...one!,
    id: "privilege-missing",
    rank: 1,
    isAside: true,
    because: "Part of the server was not seen. Role app is not in pg_read_all_stats.",
  };
  const { headlines, next } = build({ findings: [hidden] });
  for (const { heldBack, heldBackFinding } of headlines) {
    expect(heldBackFinding).toBeNull();
    expect(heldBack).toBe(`No cause was found in what could be seen. ${hidden.because}`);
  }
  expect(next.join("\n")).not.toContain("See whether privilege-missing is right");
});

test("does not call a throughput sustained where no steady state was shown", () => {
  const unsteady = analysis.curves.map((curve) => ({
    ...curve,
    best: {
      ...curve.best!,
      trials: curve.best!.trials.map((trial) => ({
        ...trial,
        steady: { is: "drifting-down" as const, because: "It fell." },
      })),
    },
  }));
  const { headlines } = build({ analysis: { ...analysis, curves: unsteady } });
  expect(headlines[0]!.sustainable).toBe(false);
  expect(headlines[0]!.sentence).toMatch(/reached .* though no steady state was shown\.$/);
});

test.each([
  [["pass", "pass"], "pass", "Both objectives were met"],
  [["pass", "unknown"], "unknown", "1 of 2 objectives could not be decided"],
  [["unknown", "fail"], "fail", "1 of 2 objectives was missed"],
] as const)("judges %j as %s", (verdicts, verdict, because) => {
  const objectives = objectivesOf().map((one, i) => ({ ...one, verdict: verdicts[i]! }));
  const report = build({ objectives });
  expect(report.verdict).toBe(verdict);
  expect(report.verdictBecause).toContain(because);
});

test("says, without objectives, that only the measurement is judged", () => {
  expect(build({ objectives: [] })).toMatchObject({
    verdict: "unknown",
    verdictBecause:
      "The experiment sets no objectives, so only the measurement is judged: 1 trial cannot be believed.",
  });
});

test("is never a pass where the run did not finish", () => {
  const manifest = { ...record.manifest, status: "aborted" as const, statusBecause: "Ctrl-C." };
  const report = build({ objectives: [], record: { ...record, manifest } });
  expect(report.verdict).toBe("unknown");
  expect(report.verdictBecause).toContain("the run is aborted (Ctrl-C)");
  expect(report.next[0]).toBe(
    "Measure the trials that are left: `pgdyno resume runs/20310504T100000Z-quickstart`.",
  );
});

test("names each trial once, however many points it belongs to", () => {
  const { curves, trials } = build({});
  expect(
    curves.flatMap(({ points }) => points.flatMap((point) => point.trials)).toSorted(),
  ).toEqual(trials.map(({ planned }) => planned.id).toSorted());
});

test("leaves a panel out where nothing was read, and keeps a gap a gap", () => {
  const { timeline } = build({});
  expect(timeline.map(({ id }) => id)).toEqual(
    "throughput latency waits wal checkpoints io cpu disk disk-operations memory".split(" "),
  );
  const memory = timeline.find(({ id }) => id === "memory")!.series[0]!;
  expect(memory.v[200]).toBeNull();
  expect(build({ record: { ...record, probes: new Map() } }).timeline.map(({ id }) => id)).toEqual([
    "throughput",
    "latency",
  ]);
});

test("stacks what active sessions wait for, and neither idle ones nor background processes", () => {
  const waits = build({}).timeline.find(({ id }) => id === "waits")!;
  expect(waits.series.map(({ name }) => name)).toEqual(["CPU", "IO", "LWLock", "Lock"]);
});

test("adds up keys that a series applies to, and does not take the others for gaps", () => {
  const io = build({}).timeline.find(({ id }) => id === "io")!;
  expect(io.series.map(({ name }) => name)).toEqual(["reads", "writes and extends", "fsyncs"]);
  const probes = new Map(record.probes);
  const pgIo = probes.get("pg-io")!;
  const [on, series] = [...pgIo.on][0]!;
  const late = series.t.map((_, i) => (i < 10 ? 0 : null));
  const keyed = new Map([
    ...series.keyed,
    ["walwriter/relation/normal", new Map([["reads", late]])],
  ]);
  probes.set("pg-io", { ...pgIo, on: new Map([[on, { ...series, keyed }]]) });
  const withLate = build({ record: { ...record, probes } }).timeline.find(({ id }) => id === "io")!;
  expect(withLate.series[0]!.v).toEqual(io.series[0]!.v);
});

test("says which samples are missing", () => {
  const probes = new Map(record.probes);
  const wal = probes.get("pg-wal")!;
  const [on, series] = [...wal.on][0]!;
  const gaps = new Map([["the server did not answer within 1 s", 40]]);
  probes.set("pg-wal", { ...wal, on: new Map([[on, { ...series, gaps }]]) });
  expect(build({ record: { ...record, probes } }).notSeen).toContain(
    "40 of 400 samples of pg-wal on pg1 are missing: the server did not answer within 1 s.",
  );
});

test("says once per server and reason what several probes missed", () => {
  const probes = new Map(record.probes);
  for (const [probe, missing] of [
    ["pg-wal", 40],
    ["pg-io", 20],
  ] as const) {
    const { on, ...rest } = probes.get(probe)!;
    const [instance, series] = [...on][0]!;
    const gaps = new Map([["connection refused", missing]]);
    probes.set(probe, { ...rest, on: new Map([[instance, { ...series, gaps }]]) });
  }
  const { notSeen } = build({ record: { ...record, probes } });
  expect(notSeen.filter((sentence) => sentence.includes("connection refused"))).toEqual([
    "40 of 400 samples of pg-wal on pg1 are missing, and a smaller share of 1 other probe: connection refused.",
  ]);
});

test("ranks statements by the time that they took in the run", () => {
  const { topStatements } = build({});
  expect(topStatements.map(({ text }) => text.split(" ")[0])).toEqual([
    "SELECT",
    "UPDATE",
    "UPDATE",
  ]);
  expect(topStatements[0]!.totalMs / topStatements[0]!.calls).toBeCloseTo(topStatements[0]!.meanMs);
});
