import type {
  Analysis,
  CurveAnalysis,
  Estimate,
  LatencyQuantiles,
  PointAnalysis,
  TrialAnalysis,
  TrialSecond,
} from "../../src/analysis/model.ts";
import type { Finding } from "../../src/findings/rule.ts";
import type { RunEvent } from "../../src/record/events.ts";
import type { RunManifest } from "../../src/record/format.ts";
import type { PlannedTrial } from "../../src/record/planned-trial.ts";
import type { SeriesHeader } from "../../src/record/series-format.ts";
import type { InstanceSeries, ProbeSeries, RunRecord } from "../../src/record/run-record.ts";
import { buildReport } from "../../src/report/build-model.ts";
import type { ObjectiveVerdict, ReportModel } from "../../src/report/model.ts";

/**
 * A made-up run for tests of the report: two curves, six loads, three repetitions, smooth and
 * deterministic. Its numbers mean nothing; their shapes are those of a real run.
 */
const CLIENTS = [1, 2, 4, 8, 16, 32] as const;
const REPETITIONS = 3;
const WARMUP_MS = 2000;
const WINDOW_MS = 8000;
const CURVES = [
  { curve: "select-only", title: "select-only", lambda: 4100, alpha: 0.08, beta: 0.0011 },
  { curve: "tpcb-like", title: "TPC-B-like", lambda: 320, alpha: 0.09, beta: 0.0021 },
] as const;

/** The whole report, as `buildReport` makes it of the parts below. */
export function reportModelOf(overrides: Partial<ReportModel> = {}): ReportModel {
  return { ...buildReport(recordOf(), analysisOf(), findingsOf(), objectivesOf()), ...overrides };
}

const plannedTrials: readonly PlannedTrial[] = Array.from({ length: REPETITIONS }, (_, r) =>
  CURVES.flatMap(({ curve, title }) =>
    CLIENTS.map((clients) => ({
      id: `ladder-1-${curve}-c${clients}-r${r + 1}`,
      stage: 0,
      stageKind: "ladder",
      curve,
      curveTitle: title,
      point: `${curve}-c${clients}`,
      repetition: r + 1,
      workload: "pgbench",
      workloadOptions: { builtin: curve, scale: 20 },
      mode: "closed" as const,
      clients,
      rateTps: null,
      seed: 1000 + r,
      warmupMs: WARMUP_MS,
      windowMs: WINDOW_MS,
      cooldownMs: 0,
    })),
  ).toSorted(
    (a, b) =>
      noise(a.clients * 31 + r * 7 + a.curve.length) -
      noise(b.clients * 31 + r * 7 + b.curve.length),
  ),
).flat();

const TRIAL_MS = WARMUP_MS + WINDOW_MS + 1000;
const DURATION_MS = 4000 + plannedTrials.length * TRIAL_MS;

/** Between -1 and 1, the same for the same seed. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

function expectedTps(curve: string, n: number): number {
  const { lambda, alpha, beta } = CURVES.find((one) => one.curve === curve)!;
  return (lambda * n) / (1 + alpha * (n - 1) + beta * n * (n - 1));
}

function quantilesOf(curve: string, clients: number, tps: number, seed: number): LatencyQuantiles {
  const meanMs = (clients / tps) * 1000;
  const tail = curve === "tpcb-like" ? 3.4 : 2.2;
  return {
    count: Math.round((tps * WINDOW_MS) / 1000),
    meanMs,
    p50Ms: meanMs * 0.86,
    p95Ms: meanMs * (1.7 + 0.1 * noise(seed)),
    p99Ms: meanMs * (tail + 0.2 * noise(seed + 1)),
    p999Ms: tps > 500 ? meanMs * tail * 2.3 : null,
    maxMs: meanMs * tail * 5,
  };
}

function trialOf(planned: PlannedTrial, index: number): TrialAnalysis {
  const startMs = 4000 + index * TRIAL_MS + WARMUP_MS;
  const { curve, clients, repetition } = planned;
  const tps = expectedTps(curve, clients) * (1 + 0.02 * noise(index + 5));
  const invalid = curve === "select-only" && clients === 32 && repetition === 2;
  const degraded = curve === "tpcb-like" && clients === 32;
  const seconds = Array.from({ length: (WARMUP_MS + WINDOW_MS) / 1000 }, (_, s): TrialSecond => {
    const atMs = startMs - WARMUP_MS + (s + 1) * 1000;
    const warm = s === 0 ? 0.6 : 1;
    const now = tps * warm * (1 + 0.05 * noise(index * 100 + s));
    const { p50Ms, p95Ms, p99Ms, maxMs } = quantilesOf(curve, clients, now, index * 50 + s);
    return { atMs, tps: now, failed: 0, skipped: 0, p50Ms, p95Ms, p99Ms, maxMs, inWindow: s >= 2 };
  });
  return {
    planned,
    outcome: {
      transactions: Math.round((tps * (WINDOW_MS + WARMUP_MS)) / 1000),
      failed: 0,
      skipped: 0,
      retried: 0,
      unknown: 0,
      generatorCpuMs: 1500,
      generatorThreads: 2,
      eventLoopDelayMsP99: null,
      statements: [],
      databaseBytesBefore: 325_000_000,
      databaseBytesAfter: 327_000_000,
      warnings: [],
    },
    window: { startMs, endMs: startMs + WINDOW_MS },
    throughputTps: tps,
    latency: quantilesOf(curve, clients, tps, index),
    service: null,
    lag: null,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
    zeroSeconds: 0,
    throughputTpsMin: Math.min(...seconds.filter((s) => s.inWindow).map((s) => s.tps)),
    seconds,
    steady: degraded
      ? { is: "drifting-down", because: "Throughput fell by 6 % over the window." }
      : { is: "steady", because: "No trend and no period in the window." },
    littlesLawError: 0.01,
    validity: invalid
      ? {
          is: "invalid",
          reasons: [
            {
              grade: "invalid",
              gate: "generator-ceiling",
              because: "The generator was at 97 % of its own ceiling.",
            },
          ],
        }
      : degraded
        ? {
            is: "degraded",
            reasons: [
              {
                grade: "degraded",
                gate: "steady-state",
                because: "Throughput fell by 6 % over the window.",
              },
            ],
          }
        : { is: "valid", reasons: [] },
    generatorUse: invalid ? 0.97 : 0.3 + 0.01 * clients,
    statements: [],
    ledger: null,
  };
}

export function trialsOf(): TrialAnalysis[] {
  return plannedTrials.map(trialOf);
}

function estimateOf(values: readonly number[]): Estimate {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const spread = (Math.max(...values) - Math.min(...values)) * 1.2;
  return {
    value,
    low: values.length < 2 ? null : value - spread,
    high: values.length < 2 ? null : value + spread,
    n: values.length,
    method: `95 % t-interval over ${values.length} repetitions`,
  };
}

export function analysisOf(): Analysis {
  const trials = trialsOf();
  return {
    trials,
    curves: CURVES.map((curve) => curveOf(curve, trials)),
    objectives: {
      rpoTransactions: null,
      rtoMs: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: 50,
      throughputTps: 1200,
    },
    failovers: [],
    recoveries: [],
    searches: [],
    comparisons: [],
    observations: [],
    ceilings: [],
    surfaces: [],
    observer: {
      share: 0.006,
      because: "CPU of the probes' own process and connections over that of the machine.",
    },
  };
}

function curveOf(
  { curve, title, lambda, alpha, beta }: (typeof CURVES)[number],
  trials: readonly TrialAnalysis[],
): CurveAnalysis {
  const points = CLIENTS.map((clients): PointAnalysis => {
    const mine = trials
      .filter(({ planned }) => planned.curve === curve && planned.clients === clients)
      .toSorted((a, b) => a.planned.repetition - b.planned.repetition);
    const usable = mine.filter(({ validity }) => validity.is !== "invalid");
    const throughputTps = estimateOf(usable.map(({ throughputTps }) => throughputTps!));
    return {
      point: `${curve}-c${clients}`,
      clients,
      rateTps: null,
      trials: mine,
      throughputTps,
      latency: quantilesOf(curve, clients, throughputTps.value, clients),
      p99Ms: estimateOf(usable.map(({ latency }) => latency.p99Ms!)),
    };
  });
  const best = points.toSorted((a, b) => b.throughputTps!.value - a.throughputTps!.value)[0]!;
  return {
    curve,
    title,
    workload: "pgbench",
    mode: "closed",
    points,
    best,
    knee: {
      clients: 16,
      because: "more clients raise throughput by less than 5 %, within the intervals.",
    },
    usl: {
      lambda,
      alpha,
      beta,
      peakClients: Math.round(Math.sqrt((1 - alpha) / beta)),
      peakTps: expectedTps(curve, Math.sqrt((1 - alpha) / beta)),
    },
    uslBecause: null,
  };
}

export function objectivesOf(): ObjectiveVerdict[] {
  return [
    {
      objective: "p99",
      wanted: "50 ms",
      found: "31 ms",
      verdict: "pass",
      because: "The p99 of TPC-B-like at 16 clients was 31 ms.",
    },
    {
      objective: "throughput",
      wanted: "1,200 tps",
      found: "1,790 tps",
      verdict: "pass",
      because: "TPC-B-like reached 1,790 tps at 16 clients.",
    },
  ];
}

export function findingsOf(): Finding[] {
  const at = trialsOf().find(({ planned }) => planned.id === "ladder-1-tpcb-like-c16-r2")!.window!;
  const common = { ...at, at: "TPC-B-like, 16 clients" };
  return [
    {
      id: "commit-latency",
      asks: "Did commits wait for the WAL to reach the disk?",
      verdict: "fail",
      rank: 1,
      because: "58 % of active time was spent waiting for the WAL to be flushed, 2.1 ms each.",
      evidence: [
        {
          name: "share of active sessions in IO:WalSync",
          value: 0.58,
          unit: "ratio",
          from: "pg-activity/IO:WalSync",
          threshold: 0.3,
        },
        {
          name: "time of one WAL flush",
          value: 2.1,
          unit: "ms",
          from: "pg-io/fsyncs",
          threshold: 1,
        },
        { name: "synchronous_commit", value: "on", unit: "", from: "pg_settings" },
      ],
      confidence: "confirmed",
      advice:
        "Put `pg_wal` on a device with a lower flush latency; `pgdyno run storage` measures it. Where many sessions commit at once, try `commit_delay = 1000`.",
      refutedBy:
        "Throughput that does not rise with `synchronous_commit = off` in the same experiment.",
      sources: ["https://www.postgresql.org/docs/current/wal-configuration.html"],
      causes: [],
      ...common,
    },
    {
      id: "checkpoints-forced-by-wal",
      asks: "Did the amount of WAL, and not the clock, set off the checkpoints?",
      verdict: "fail",
      rank: 2,
      because: "3 of 3 checkpoints were forced.",
      evidence: [
        {
          name: "forced checkpoints",
          value: 3,
          unit: "count",
          from: "pg-checkpoints/requested",
          threshold: 1,
        },
        { name: "max_wal_size", value: 1_073_741_824, unit: "bytes", from: "pg_settings" },
      ],
      confidence: "suspected",
      advice: "Raise `max_wal_size` to 8GB, so that a checkpoint comes every five minutes at most.",
      refutedBy: "Forced checkpoints that persist with a `max_wal_size` four times as large.",
      sources: ["https://www.postgresql.org/docs/current/wal-configuration.html"],
      causes: ["commit-latency"],
      ...common,
    },
    {
      id: "cpu-saturated",
      asks: "Were all cores busy?",
      verdict: "pass",
      rank: null,
      because: "The machine's cores were busy 61 % of the time.",
      evidence: [
        { name: "busy", value: 0.61, unit: "ratio", from: "host-cpu/busyShare", threshold: 0.9 },
      ],
      confidence: null,
      advice: null,
      refutedBy: null,
      sources: ["https://www.kernel.org/doc/html/latest/filesystems/proc.html"],
      causes: [],
      ...common,
    },
    {
      id: "cpu-throttled",
      asks: "Did a limit of the container hold the CPU back?",
      verdict: "unknown",
      rank: null,
      because: "This machine shows no cgroup of the server.",
      evidence: [],
      confidence: null,
      advice: null,
      refutedBy: null,
      sources: ["https://docs.kernel.org/admin-guide/cgroup-v2.html"],
      causes: [],
      ...common,
    },
  ];
}

export function recordOf(): RunRecord {
  return {
    manifest: manifestOf(),
    events: eventsOf(),
    probes: probesOf(),
    latencies: new Map(),
    ledgers: new Map(),
    damage: [],
  };
}

function manifestOf(): RunManifest {
  return {
    formatVersion: 1,
    id: "20310504T100000Z-quickstart",
    name: "quickstart",
    status: "finished",
    statusBecause: null,
    pgdynoVersion: "0.1.0",
    epochMs: Date.UTC(2031, 4, 4, 10),
    experimentText: EXPERIMENT,
    experimentFile: "quickstart.yaml",
    experiment: {},
    plan: {
      seed: "7f3a",
      trials: plannedTrials,
      objectives: analysisOf().objectives,
      quick: true,
      estimatedMs: DURATION_MS,
    },
    machine: {
      os: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.1.0-18-amd64",
      cpuModel: "AMD EPYC 7763 64-Core Processor",
      cpuCount: 8,
      memoryBytes: 33_554_432_000,
      dataFileSystem: { path: "/var/lib/postgresql", type: "ext4", device: "/dev/nvme0n1p1" },
      container: null,
      sharedWithLoad: true,
    },
    server: {
      version: "18.4",
      versionNumber: 180_004,
      provenance: "embedded 18.4.0-beta.17",
      versionText: "PostgreSQL 18.4 on x86_64-pc-linux-gnu",
      settings: {
        shared_buffers: { value: "131072", unit: "8kB", source: "configuration file" },
        max_wal_size: { value: "1024", unit: "MB", source: "default" },
        checkpoint_timeout: { value: "300", unit: "s", source: "default" },
        synchronous_commit: { value: "on", unit: null, source: "default" },
        max_connections: { value: "100", unit: null, source: "command line" },
        shared_preload_libraries: {
          value: "pg_stat_statements",
          unit: null,
          source: "configuration file",
        },
        work_mem: { value: "4096", unit: "kB", source: "default" },
        wal_compression: { value: "off", unit: null, source: "default" },
      },
      databaseBytes: 325_000_000,
      missingPrivileges: [],
    },
    tools: [{ tool: "pgbench", version: "15.18", path: "/usr/lib/postgresql/15/bin/pgbench" }],
  };
}

const EXPERIMENT = `apiVersion: pgdyno.dev/v1alpha1
kind: Experiment
metadata: { name: quickstart }
objectives: { p99: 50ms, throughput: 1200tps }
target:
  local: { postgresql: { version: 18, parameters: { shared_buffers: 1GB } } }
stages:
  - ladder: { workload: { pgbench: { scale: 20 } }, clients: [1, 2, 4, 8, 16, 32], repetitions: 3 }
`;

function eventsOf(): RunEvent[] {
  const trials = trialsOf().flatMap(({ planned, window, outcome }): RunEvent[] => [
    { kind: "trial-started", atMs: window!.startMs - WARMUP_MS, trial: planned.id },
    { kind: "window", atMs: window!.startMs, trial: planned.id, ...window! },
    { kind: "trial-ended", atMs: window!.endMs, trial: planned.id, outcome: outcome! },
  ]);
  const checkpoints = [90_000, 190_000, 290_000].map((atMs): RunEvent => ({
    kind: "checkpoint",
    atMs,
    on: "pg1",
    phase: "started",
    text: "checkpoint starting: wal",
  }));
  return [
    { kind: "run-started", atMs: 0, resumed: false },
    ...[...trials, ...checkpoints].toSorted((a, b) => a.atMs - b.atMs),
    { kind: "run-ended", atMs: DURATION_MS, status: "finished" },
  ];
}

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

function probesOf(): Map<string, ProbeSeries> {
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
