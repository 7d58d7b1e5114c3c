import type { TrialAnalysis } from "../../../src/analysis/model.ts";
import type { InstanceSeries, ProbeSeries } from "../../../src/record/run-record.ts";
import type { SeriesHeader } from "../../../src/record/series-format.ts";
import { DURATION_MS, noise, WARMUP_MS } from "./plan.ts";
import { trialsOf } from "./trials.ts";

/** How many transactions that write were done in the second that ends at `atMs`. */
function writesAt(trials: readonly TrialAnalysis[], atMs: number): number {
  const trial = trials.find(
    ({ window }) => atMs > window!.startMs - WARMUP_MS && atMs <= window!.endMs,
  );
  return trial?.planned.curve === "tpcb-like" ? (trial.throughputTps ?? 0) : 0;
}

function clientsAt(trials: readonly TrialAnalysis[], atMs: number): number {
  return (
    trials.find(({ window }) => atMs > window!.startMs - WARMUP_MS && atMs <= window!.endMs)
      ?.planned.clients ?? 0
  );
}

export function probesOf(): Map<string, ProbeSeries> {
  const trials = trialsOf();
  const t = Array.from({ length: Math.floor(DURATION_MS / 1000) }, (_, s) => (s + 1) * 1000);
  const writes = t.map((at) => writesAt(trials, at));
  const clients = t.map((at) => clientsAt(trials, at));
  const level = (f: (i: number) => number) => t.map((_, i) => (i === 200 ? null : f(i)));
  const counter = (f: (i: number) => number) => {
    let sum = 0;
    return t.map((_, i) => {
      sum += Math.max(0, f(i));
      return sum;
    });
  };
  const waiting = (share: number, of: readonly number[]) =>
    level((i) => Math.max(0, Math.round(of[i]! * share * (1 + 0.3 * noise(i * share)))));
  const inCommit = clients.map((n, i) => (writes[i]! > 0 ? n : 0));
  return new Map([
    plain("pg-wal", "pg1", t, { lsnBytes: counter((i) => writes[i]! * 6200 + 2e4 * noise(i)) }),
    keyed("pg-io", "pg1", t, {
      "client backend/relation/normal": {
        reads: counter((i) => 40 + 20 * noise(i)),
        writes: counter((i) => writes[i]! * 0.05),
        extends: counter((i) => writes[i]! * 0.01),
        fsyncs: t.map(() => null),
      },
      "checkpointer/relation/normal": {
        reads: t.map(() => null),
        writes: counter((i) => (i % 100 > 88 ? 900 + 300 * noise(i) : 0)),
        extends: t.map(() => null),
        fsyncs: counter((i) => (i % 100 === 99 ? 40 : 0)),
      },
    }),
    plain("pg-checkpoints", "pg1", t, {
      buffersWritten: counter((i) => (i % 100 > 88 ? 900 + 300 * noise(i) : 0)),
    }),
    plain("host-cpu", "host", t, {
      userMs: counter((i) => 8000 * (clients[i]! > 0 ? 0.42 + 0.05 * noise(i) : 0.02)),
      systemMs: counter((i) => 8000 * (clients[i]! > 0 ? 0.2 + 0.03 * noise(i + 9) : 0.01)),
      iowaitMs: counter((i) => 8000 * (writes[i]! > 0 ? 0.12 + 0.04 * noise(i + 3) : 0)),
    }),
    keyed("host-disk", "host", t, {
      nvme0n1: {
        reads: counter((i) => 20 * (1 + noise(i))),
        writes: counter((i) => writes[i]! * 0.9),
        flushes: counter((i) => writes[i]! * 0.3),
        readBytes: counter((i) => 2e5 * (1 + noise(i))),
        writtenBytes: counter((i) => writes[i]! * 14_000),
      },
    }),
    plain("host-memory", "host", t, {
      availableBytes: level((i) => 22e9 - i * 3e6),
      cachedBytes: level((i) => 8e9 + i * 3e6),
      dirtyBytes: level((i) => 1e8 * (1.2 + noise(i))),
    }),
    keyed("pg-waits", "pg1", t, {
      "CPU*": { sessions: waiting(0.3, clients) },
      "IO:WalSync": { sessions: waiting(0.4, inCommit) },
      "LWLock:WALWrite": { sessions: waiting(0.22, inCommit) },
      "Lock:transactionid": { sessions: waiting(0.1, inCommit) },
      "idle:ClientRead": { sessions: waiting(0.2, clients) },
      "walwriter/Activity:WalWriterMain": { sessions: level(() => 1) },
    }),
    keyed(
      "pg-statements",
      "pg1",
      t,
      {
        "1": {
          calls: counter((i) => writes[i]!),
          totalMs: counter((i) => writes[i]! * 0.31),
          rows: counter((i) => writes[i]!),
          walBytes: counter((i) => writes[i]! * 2100),
        },
        "2": {
          calls: counter((i) => writes[i]!),
          totalMs: counter((i) => writes[i]! * 0.12),
          rows: counter((i) => writes[i]!),
          walBytes: counter((i) => writes[i]! * 600),
        },
        "3": {
          calls: counter((i) => 9000 * Math.sign(clients[i]!)),
          totalMs: counter((i) => 210 * Math.sign(clients[i]!)),
          rows: counter((i) => 9000 * Math.sign(clients[i]!)),
          walBytes: counter(() => 0),
        },
      },
      {
        "1": { query: "UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2" },
        "2": { query: "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2" },
        "3": { query: "SELECT abalance FROM pgbench_accounts WHERE aid = $1" },
      },
    ),
  ]);
}

type Values = Readonly<Record<string, readonly (number | null)[]>>;

function plain(probe: string, on: string, t: number[], values: Values): [string, ProbeSeries] {
  return [probe, seriesOf(probe, on, { ...EMPTY, t, values: new Map(Object.entries(values)) })];
}

function keyed(
  probe: string,
  on: string,
  t: number[],
  keys: Readonly<Record<string, Values>>,
  labels: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): [string, ProbeSeries] {
  const byKey = new Map(
    Object.entries(keys).map(([key, values]) => [key, new Map(Object.entries(values))]),
  );
  const series = { ...EMPTY, t, keyed: byKey, labels: new Map(Object.entries(labels)) };
  return [probe, seriesOf(probe, on, series)];
}

const EMPTY: InstanceSeries = {
  t: [],
  values: new Map(),
  keyed: new Map(),
  labels: new Map(),
  gaps: new Map(),
  gapTimes: [],
};

function seriesOf(probe: string, on: string, series: InstanceSeries): ProbeSeries {
  const header: SeriesHeader = {
    probe,
    summary: probe,
    source: "https://www.postgresql.org/docs/current/monitoring-stats.html",
    everyMs: 1000,
    keyed: series.keyed.size > 0,
    series: {},
  };
  return { header, on: new Map([[on, series]]) };
}
