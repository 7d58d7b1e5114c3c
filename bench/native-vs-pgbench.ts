/**
 * What a transaction costs the client: the native driver against pgbench, CPU time per transaction,
 * in interleaved rounds on one server of its own.
 *
 * Run by hand: `npx tsx bench/native-vs-pgbench.ts [rounds] [seconds]`. PostgreSQL 15 and its pgbench
 * must be installed under /usr/lib/postgresql/15.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { initializeData } from "../src/workloads/native/initialize-data.ts";
import { runLoad, type LoadMode } from "../src/workloads/native/run-load.ts";
import {
  BUILTIN_SCRIPTS,
  type BuiltinScript,
} from "../src/workloads/native/script/builtin-scripts.ts";
import { withPostgres, type TestPostgres } from "../test/support/postgres.ts";

const run = promisify(execFile);
const [rounds = 5, seconds = 5] = process.argv.slice(2).map(Number);
const SCALE = 10;
/** Compilation of the hot path, which a load of minutes does not notice, is left out. */
const WARMUP_S = 2;

interface Case {
  readonly script: BuiltinScript;
  readonly clients: number;
  /** `null` is a closed loop. */
  readonly rateTps: number | null;
}

interface Cost {
  readonly cpuMicros: number;
  readonly tps: number;
}

const CASES: readonly Case[] = [
  { script: "select-only", clients: 8, rateTps: null },
  { script: "select-only", clients: 32, rateTps: null },
  { script: "tpcb-like", clients: 8, rateTps: null },
  { script: "tpcb-like", clients: 32, rateTps: null },
  { script: "select-only", clients: 8, rateTps: 4000 },
];

async function costOfPgbench(
  server: TestPostgres,
  { script, clients, rateTps }: Case,
): Promise<Cost> {
  const { host, port } = server.endpoint.hosts[0]!;
  const rate = rateTps === null ? [] : [`--rate=${rateTps}`];
  const { stdout, stderr } = await run(
    "bash",
    [
      "-c",
      'TIMEFORMAT="cpu %U %S"; time "$@"',
      "bash",
      join(server.binDirectory, "pgbench"),
      "--no-vacuum",
      `--builtin=${script}`,
      "--protocol=prepared",
      // Histograms are on in the native driver, so pgbench keeps its per-second figures as well.
      "--progress=1",
      `--client=${clients}`,
      `--time=${seconds}`,
      ...rate,
    ],
    {
      env: {
        PATH: process.env["PATH"],
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: "pgdyno",
        PGDATABASE: "pgdyno",
        PGPASSWORD: server.endpoint.password!.reveal(),
      },
    },
  );
  const transactions = Number(/actually processed: (\d+)/.exec(stdout)![1]);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr)!;
  const tps = Number(/tps = ([\d.]+)/.exec(stdout)![1]);
  return { cpuMicros: ((Number(user) + Number(system)) * 1e6) / transactions, tps };
}

async function costOfNative(
  server: TestPostgres,
  { script, clients, rateTps }: Case,
): Promise<Cost> {
  const mode: LoadMode =
    rateTps === null
      ? { kind: "closed", thinkMs: 0 }
      : { kind: "open", rateTps, arrivals: "poisson", latencyLimitMs: null };
  const cpuMicros = (): number => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    return userCPUTime + systemCPUTime;
  };
  let from = { cpu: 0, atMs: 0 };
  let to = from;
  let transactions = 0;
  await runLoad(
    {
      endpoint: server.endpoint,
      scripts: [{ name: script, text: BUILTIN_SCRIPTS[script], weight: 1 }],
      variables: {},
      scale: SCALE,
      clients,
      workers: 1,
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
      onSecond({ index, atMs, perScript }) {
        to = { cpu: cpuMicros(), atMs };
        if (index < WARMUP_S) from = to;
        else if (index < WARMUP_S + seconds) transactions += perScript[0]!.transactions;
        else to = last;
        last = to;
      },
    },
  );
  return {
    cpuMicros: (to.cpu - from.cpu) / transactions,
    tps: (transactions / (to.atMs - from.atMs)) * 1000,
  };
}

let last = { cpu: 0, atMs: 0 };

/** Geometric mean with its 95 % interval, by Student's t on the logarithms. */
function interval(ratios: readonly number[]): { mean: number; low: number; high: number } {
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (logs.length - 1);
  const t = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26][logs.length - 2] ?? 2;
  const half = t * Math.sqrt(variance / logs.length);
  return { mean: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

await withPostgres(
  async (server) => {
    await initializeData(server.endpoint, { scale: SCALE });
    console.log(
      "script       clients  rate  pgbench µs  native µs  ratio  95 % interval  tps ratio",
    );
    for (const about of CASES) {
      const pgbench: Cost[] = [];
      const native: Cost[] = [];
      for (let round = 0; round < rounds; round++) {
        // The order alternates, so that a drift of the machine favours neither.
        if (round % 2 === 0) pgbench.push(await costOfPgbench(server, about));
        native.push(await costOfNative(server, about));
        if (round % 2 === 1) pgbench.push(await costOfPgbench(server, about));
      }
      const ratios = native.map(({ cpuMicros }, i) => cpuMicros / pgbench[i]!.cpuMicros);
      const { mean: ratio, low, high } = interval(ratios);
      console.log(
        about.script.padEnd(12),
        String(about.clients).padStart(7),
        String(about.rateTps ?? "-").padStart(5),
        mean(pgbench.map(({ cpuMicros }) => cpuMicros))
          .toFixed(2)
          .padStart(11),
        mean(native.map(({ cpuMicros }) => cpuMicros))
          .toFixed(2)
          .padStart(10),
        ratio.toFixed(2).padStart(6),
        `${low.toFixed(2)} to ${high.toFixed(2)}`.padStart(14),
        (mean(native.map(({ tps }) => tps)) / mean(pgbench.map(({ tps }) => tps)))
          .toFixed(2)
          .padStart(10),
      );
    }
  },
  {
    version: 15,
    parameters: { shared_buffers: "256MB", synchronous_commit: "off", max_wal_size: "4GB" },
  },
);
