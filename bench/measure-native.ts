import { runLoad, type LoadMode } from "../src/workloads/native/run-load.ts";
import { BUILTIN_SCRIPTS } from "../src/workloads/native/script/builtin-scripts.ts";
import type { TestPostgres } from "../test/support/postgres.ts";
import { SCALE, type Case, type Cost, type Measure } from "./case.ts";

/** Compilation of the hot path, which a load of minutes does not notice, is left out. */
const WARMUP_S = 2;
const WHOLE_SECOND_MS = 900;

export interface NativeRun {
  readonly workers?: number;
  /** Called at the end of each whole second. */
  onSecond?(index: number): void;
}

/** The native driver in this process, worker threads and merging included. */
export async function measureNative(
  { endpoint }: TestPostgres,
  { script, clients, rateTps, seconds }: Case,
  { workers = 1, onSecond }: NativeRun = {},
): Promise<Cost> {
  const mode: LoadMode =
    rateTps === null
      ? { kind: "closed", thinkMs: 0 }
      : { kind: "open", rateTps, arrivals: "poisson", latencyLimitMs: null };
  let from = { cpuMicros: 0, atMs: 0 };
  let to = from;
  let transactions = 0;
  await runLoad(
    {
      endpoint,
      scripts: [{ name: script, text: BUILTIN_SCRIPTS[script], weight: 1 }],
      variables: {},
      scale: SCALE,
      clients,
      workers,
      mode,
      protocol: "prepared",
      connectPerTransaction: false,
      maxTries: 1,
      seed: 1,
      durationS: WARMUP_S + seconds + 0.5,
      signal: new AbortController().signal,
      connectTimeoutMs: 5000,
      requestTimeoutMs: 10_000,
      reconnect: false,
    },
    {
      onSecond({ index, atMs, intervalMs, perScript }) {
        if (intervalMs < WHOLE_SECOND_MS || index >= WARMUP_S + seconds) return;
        onSecond?.(index);
        to = { cpuMicros: readCpuMicros(), atMs };
        if (index < WARMUP_S) from = to;
        else transactions += perScript[0]!.transactions;
      },
    },
  );
  return {
    cpuMicros: (to.cpuMicros - from.cpuMicros) / transactions,
    tps: (transactions / (to.atMs - from.atMs)) * 1000,
  };
}

/** The same over so many worker threads. */
export function withWorkers(workers: number): Measure {
  return (server, about) => measureNative(server, about, { workers });
}

function readCpuMicros(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return userCPUTime + systemCPUTime;
}
