import { appendFileSync, mkdtempSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { NO_OBJECTIVES, type RunManifest } from "./format.ts";
import { readRecord } from "./read-record.ts";
import { RecordWriter, makeRunDirectory, pointLatestAt } from "./record-writer.ts";

const manifest: RunManifest = {
  formatVersion: 1,
  id: "r",
  name: "r",
  status: "running",
  statusBecause: null,
  pgdynoVersion: "0.0.0",
  epochMs: 0,
  experimentText: "",
  experimentFile: "x.yaml",
  experiment: null,
  plan: {
    seed: "1",
    trials: [],
    objectives: NO_OBJECTIVES,
    quick: true,
    estimatedMs: 0,
  },
  machine: null,
  server: null,
  tools: [],
};

function writeOne(): { directory: string; writer: RecordWriter } {
  const runs = mkdtempSync(path.join(tmpdir(), "pgdyno-record-"));
  const directory = makeRunDirectory(runs, "r", Date.UTC(2031, 4, 4, 10));
  const writer = new RecordWriter(directory, manifest);
  writer.update({ status: "finished" });
  return { directory, writer };
}

test("what was written is read back: gaps stay gaps, absent keys are nothing there", async () => {
  const { directory, writer } = writeOne();
  const facts = { summary: "s", source: "https://example.org", everyMs: 1000 };
  const info = { unit: "count", kind: "gauge", doc: "d" } as const;
  writer.seriesHeader({ probe: "plain", ...facts, keyed: false, series: { a: info } });
  writer.series("plain", { t: 1, on: "pg1", v: { a: 5 } });
  writer.series("plain", { t: 2, on: "pg1", gap: "no answer in time" });
  writer.series("plain", { t: 3, on: "pg1", v: { a: null } });
  writer.seriesHeader({
    probe: "keyed",
    ...facts,
    keyed: true,
    series: { g: info, c: { ...info, kind: "counter" } },
  });
  writer.series("keyed", { on: "pg1", labels: { x: { query: "select 1" } } });
  writer.series("keyed", { t: 1, on: "pg1", k: {} });
  writer.series("keyed", { t: 2, on: "pg1", k: { x: { g: 3, c: 7 } } });
  writer.series("keyed", { t: 3, on: "pg1", gap: "closed" });
  writer.series("keyed", { t: 4, on: "pg1", k: {} });
  writer.close();

  const record = await readRecord(directory);
  const plain = record.probes.get("plain")!.on.get("pg1")!;
  expect([plain.t, plain.values.get("a"), [...plain.gaps]]).toEqual([
    [1, 2, 3],
    [5, null, null],
    [["no answer in time", 1]],
  ]);
  const keyed = record.probes.get("keyed")!.on.get("pg1")!;
  expect(Object.fromEntries(keyed.keyed.get("x")!)).toEqual({
    g: [0, 3, null, 0],
    c: [0, 7, null, 7],
  });
  expect(keyed.labels.get("x")).toEqual({ query: "select 1" });
});

test("histograms survive the way to disk and back, whatever the script is called", async () => {
  const { directory, writer } = writeOne();
  const latency = build({ numberOfSignificantValueDigits: 3 });
  for (const value of [100, 200, 300_000]) latency.recordValue(value);
  const counts = { transactions: 3, failed: 1, skipped: 0, retried: 0, unknown: 0 };
  writer.load("t1", {
    atMs: 2000,
    intervalMs: 1000,
    scripts: [{ script: "my, own;script=1", ...counts, latency, service: null, lag: null }],
    eventLoopDelayMsP99: null,
    generatorCores: null,
  });
  writer.close();

  const [interval] = (await readRecord(directory)).latencies.get("t1")!;
  expect(interval).toMatchObject({
    startMs: 1000,
    endMs: 2000,
    script: "my, own;script=1",
    part: "latency",
  });
  expect(interval!.histogram.totalCount).toBe(3);
  expect(interval!.histogram.getValueAtPercentile(50)).toBe(200);
});

test("workers are recorded by name under the generator, and are no servers of the record", async () => {
  const { directory, writer } = writeOne();
  const counts = { transactions: 3, failed: 0, skipped: 0, retried: 0, unknown: 0 };
  writer.load("t1", {
    atMs: 2000,
    intervalMs: 1000,
    scripts: [{ script: "s", ...counts, latency: build(), service: null, lag: null }],
    eventLoopDelayMsP99: 4,
    generatorCores: null,
    workers: [
      { name: "one", cores: 0.5, eventLoopDelayMsP99: 4 },
      { name: "two", cores: null, eventLoopDelayMsP99: null },
    ],
  });
  writer.close();

  const { probes } = await readRecord(directory);
  expect([...probes.keys()].toSorted()).toEqual(["generator", "load", "load-workers"]);
  for (const { on } of probes.values()) expect([...on.keys()]).toEqual(["generator"]);
  const { keyed } = probes.get("load-workers")!.on.get("generator")!;
  expect([...keyed].map(([name, readings]) => [name, readings.get("cores")])).toEqual([
    ["one", [0.5]],
    ["two", [null]],
  ]);
});

test("a line cut short by a crash is left out and named; a broken one elsewhere is an error", async () => {
  const { directory, writer } = writeOne();
  writer.event({ kind: "note", atMs: 1, text: "whole" });
  writer.close();
  const events = path.join(directory, "events.ndjson");
  appendFileSync(events, '{"kind":"note","atMs":2,"te');
  const record = await readRecord(directory);
  expect(record.events).toEqual([{ kind: "note", atMs: 1, text: "whole" }]);
  expect(record.damage).toEqual(["events.ndjson: its last line was cut short and is left out."]);

  appendFileSync(events, "\n");
  await expect(readRecord(directory)).rejects.toMatchObject({
    code: "RECORD_UNREADABLE",
    facts: { line: 2 },
  });
});

test.each([10, 100_000])(
  "who goes on with a record does not join its lines to one of %i bytes that was cut short",
  async (length) => {
    const { directory, writer } = writeOne();
    writer.event({ kind: "note", atMs: 1, text: "whole" });
    writer.close();
    appendFileSync(
      path.join(directory, "events.ndjson"),
      `{"kind":"note","text":"`.padEnd(length, "x"),
    );
    const next = new RecordWriter(directory, manifest);
    next.event({ kind: "note", atMs: 2, text: "later" });
    next.close();
    const { events, damage } = await readRecord(directory);
    expect(events.map((event) => event.atMs)).toEqual([1, 2]);
    expect(damage).toEqual([]);
  },
);

test("`latest` points at the last run, and a second run in the same second gets its own folder", () => {
  const runs = mkdtempSync(path.join(tmpdir(), "pgdyno-record-"));
  const first = makeRunDirectory(runs, "r", 0);
  const second = makeRunDirectory(runs, "r", 0);
  expect([first, second].map((name) => path.basename(name))).toEqual([
    "1970-01-01T00-00-00-r",
    "1970-01-01T00-00-00-r-2",
  ]);
  pointLatestAt(first);
  pointLatestAt(second);
  expect(readlinkSync(path.join(runs, "latest"))).toBe("1970-01-01T00-00-00-r-2");
});

test("a folder without a record is told from a damaged one", async () => {
  await expect(readRecord(tmpdir())).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
});
