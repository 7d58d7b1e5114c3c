import type { RunEvent } from "../../../src/record/events.ts";
import type { RunManifest } from "../../../src/record/format.ts";
import type { RunRecord } from "../../../src/record/run-record.ts";
import { analysisOf } from "./analysis.ts";
import { DURATION_MS, plannedTrials, WARMUP_MS } from "./plan.ts";
import { probesOf } from "./probes.ts";
import { trialsOf } from "./trials.ts";

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
