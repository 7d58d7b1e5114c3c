import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type {
  ErrorSeen,
  LoadContext,
  LoadInterval,
  PrepareContext,
} from "../../../src/contracts/workload.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { randomFrom } from "../../../src/lib/random.ts";
import { pgbenchOptions, type PgbenchOptions } from "../../../src/workloads/pgbench/options.ts";
import type { TestPostgres } from "../../support/postgres.ts";

/** What the engine would hand to the workload, with folders that live as long as `work`. */
export interface LoadScene {
  readonly directory: string;
  readonly intervals: LoadInterval[];
  /** Kinds of errors, as they were told. */
  readonly errors: ErrorSeen[];
  readonly said: string[];
  /** Shares that `prepare` told. */
  readonly shares: number[];
  prepareContext(options: object): PrepareContext<PgbenchOptions>;
  loadContext(
    options: object,
    load: Partial<LoadContext<PgbenchOptions>>,
  ): LoadContext<PgbenchOptions>;
}

export async function withLoadScene<T>(
  server: TestPostgres,
  work: (scene: LoadScene) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp("/tmp/pgdyno-pgbench-test-");
  const intervals: LoadInterval[] = [];
  const errors: ErrorSeen[] = [];
  const said: string[] = [];
  const shares: number[] = [];
  const shared = {
    clock: realClock(),
    random: randomFrom(1),
    processes: nodeProcesses(),
    scratchDirectory: directory,
    journal: { enter: async () => async () => {} },
    say: (text: string) => void said.push(text),
    target: handleOf(server),
    signal: new AbortController().signal,
    rawFile: (name: string) => path.join(directory, name),
    ledgerFile: (name: string) => path.join(directory, `ledger.${name}.csv`),
  };
  try {
    return await work({
      directory,
      intervals,
      errors,
      said,
      shares,
      prepareContext: (options) => ({
        ...shared,
        options: pgbenchOptions.parse(options),
        onProgress: (share) => void shares.push(share),
      }),
      loadContext: (options, load) => ({
        ...shared,
        options: pgbenchOptions.parse(options),
        mode: load.rateTps === undefined || load.rateTps === null ? "closed" : "open",
        clients: 4,
        rateTps: null,
        seed: 42,
        durationMs: 4000,
        onStart: () => {},
        onInterval: (interval) => void intervals.push(interval),
        onError: (error) => void errors.push(error),
        ...load,
      }),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The seconds added up, over all scripts. */
export function totalOf(intervals: readonly LoadInterval[]) {
  const scripts = intervals.flatMap((interval) => interval.scripts);
  const sum = (read: (script: (typeof scripts)[number]) => number) =>
    scripts.reduce((total, script) => total + read(script), 0);
  return {
    transactions: sum((script) => script.transactions),
    failed: sum((script) => script.failed),
    skipped: sum((script) => script.skipped),
    retried: sum((script) => script.retried),
    unknown: sum((script) => script.unknown),
    latencies: sum((script) => script.latency.totalCount),
    lengthMs: intervals.reduce((total, interval) => total + interval.intervalMs, 0),
  };
}

function realClock(): Clock {
  const epochMs = Date.now();
  const zero = performance.now();
  return {
    epochMs,
    now: () => performance.now() - zero,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
  };
}

function handleOf(server: TestPostgres): TargetHandle {
  return {
    loadEndpoint: server.endpoint,
    adminEndpoint: server.adminEndpoint,
    instances: [],
    can: {},
    facts: () => Promise.reject(new Error("not asked in these tests")),
    binDirectory: server.binDirectory,
    checkpoint: () => Promise.resolve(false),
    keepData: () => Promise.resolve(false),
    restoreData: () => Promise.resolve(),
  };
}
