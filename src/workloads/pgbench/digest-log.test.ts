import { expect, test } from "vitest";
import { digestLog, type LogSecond } from "./digest-log.ts";
import { ENDED, type LogSink } from "./parse-log.ts";

const EPOCH_MS = 1_795_334_385_232.25;
const START_MS = 1234.5;

function scene({ threads = 1, openLoop = false, scripts = ["a"], nowMs = 1e12 } = {}) {
  const seconds: LogSecond[] = [];
  const digest = digestLog({
    threads,
    scripts,
    openLoop,
    startMs: START_MS,
    epochMs: EPOCH_MS,
    now: () => nowMs,
    onFailure: () => {},
    onSecond: (second) => void seconds.push(second),
  });
  /** Logs a transaction that ended `atMs` after the start. */
  const log = (atMs: number, { thread = 0, script = 0, ...row }: Row = {}) => {
    const { ended = ENDED.ok, us = 1000, lagUs = 0, retries = 0 } = row;
    const epochUs = Math.round((EPOCH_MS + START_MS + atMs) * 1000);
    const sink: LogSink = digest.sinks[thread]!;
    sink.add(ended, script, us, Math.floor(epochUs / 1e6), epochUs % 1e6, lagUs, retries);
  };
  const counts = () => seconds.map(({ scripts }) => scripts.map((one) => one.transactions));
  return { digest, log, seconds, counts };
}

interface Row {
  readonly thread?: number;
  readonly script?: number;
  readonly ended?: number;
  readonly us?: number;
  readonly lagUs?: number;
  readonly retries?: number;
}

test("gives seconds in order, each with its end on the run's clock, empty ones too", () => {
  const { digest, log, seconds, counts } = scene();
  for (const atMs of [10, 999, 1000, 3500, 4200]) log(atMs);
  digest.giveComplete();
  expect(counts()).toEqual([[2], [1], [0], [1]]);
  expect(seconds.map(({ atMs }) => atMs)).toEqual([2234.5, 3234.5, 4234.5, 5234.5]);
  digest.giveRest(START_MS + 4300);
  expect(seconds.at(-1)).toMatchObject({ atMs: START_MS + 4300, intervalMs: 300 });
  expect(counts().at(-1)).toEqual([1]);
});

test("waits for the thread that is behind", () => {
  const { digest, log, counts } = scene({ threads: 2 });
  for (let second = 0; second < 10; second += 1) log(second * 1000 + 5);
  digest.giveComplete();
  expect(counts()).toEqual([]);
  log(500, { thread: 1 });
  log(2500, { thread: 1 });
  digest.giveComplete();
  expect(counts()).toEqual([[2], [1]]);
});

test("does not wait for ever: what comes late is counted in the next second, and told", () => {
  const { digest, log, counts } = scene({ threads: 2 });
  for (let second = 0; second < 2000; second += 1) log(second * 1000 + 5);
  digest.giveComplete();
  const given = counts().length;
  expect(given).toBeGreaterThan(1000);
  expect(given).toBeLessThan(2000);
  log(5, { thread: 1 });
  expect(digest.totals.late).toBe(1);
  digest.giveRest(START_MS + 2_000_000);
  expect(counts()[given]).toEqual([2]);
  expect(
    counts()
      .flat()
      .reduce((sum, count) => sum + count, 0),
  ).toBe(2001);
});

test("splits an open loop's latency into service and lag", () => {
  const { digest, log, seconds } = scene({ openLoop: true });
  log(10, { us: 5000, lagUs: 4000 });
  log(20, { us: 3, lagUs: 4 });
  digest.giveRest(START_MS + 1000);
  const { latency, service, lag } = seconds[0]!.scripts[0]!;
  expect([latency.maxValue, service!.maxValue, lag!.maxValue]).toEqual([5000, 1000, 4000]);
  expect(service!.getValueAtPercentile(0)).toBe(0);
});

test("counts words by kind and script, without a latency", () => {
  const { digest, log, seconds } = scene({ scripts: ["a", "b"] });
  log(10, { ended: ENDED.skipped, script: 1 });
  log(20, { ended: ENDED.serialization, script: 1, retries: 2 });
  log(30, { ended: ENDED.deadlock });
  log(40, { ended: ENDED.failed });
  digest.addLost("unknown", 1, START_MS + 700);
  digest.giveRest(START_MS + 1000);
  const rows = seconds[0]!.scripts.map((one) => [
    one.script,
    one.transactions,
    one.failed,
    one.skipped,
    one.retried,
    one.unknown,
    one.latency.totalCount,
  ]);
  expect(rows).toEqual([
    ["a", 0, 2, 0, 0, 0, 0],
    ["b", 0, 1, 1, 2, 1, 0],
  ]);
  expect(digest.totals).toMatchObject({
    failed: 3,
    serializationFailures: 1,
    deadlockFailures: 1,
    skipped: 1,
    retried: 2,
  });
});

test("moves the log's times where the machine's clock was set by an hour, either way", () => {
  for (const shiftMs of [-3_600_000, 3_600_000]) {
    const { digest, log, counts } = scene({ nowMs: START_MS + 2000 });
    log(shiftMs + 100);
    log(shiftMs + 1200);
    digest.giveRest(START_MS + 1900);
    expect(counts()).toEqual([[1], [1]]);
    expect(digest.totals.clockShiftMs).toBeCloseTo(-shiftMs - 100, 2);
  }
});

test("does not take pgbench's last moments for an outage", () => {
  const { digest, log, counts } = scene();
  log(500);
  digest.giveRest(START_MS + 1030);
  expect(counts()).toEqual([[1]]);
});

test("refuses a script that was never given", () => {
  const { log } = scene();
  expect(() => log(10, { script: 3 })).toThrow("pgbench tells of script 3, and was given 1.");
});
