/**
 * The same script through pgbench and through the native driver, in turn, on the same server:
 *
 *     npx tsx bench/agreement.ts [rounds]
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { formatRatio, ratioOf } from "./compare.ts";
import { mergeCounts } from "../src/workloads/native/load/latency-histogram.ts";
import { initializeData } from "../src/workloads/native/initialize-data.ts";
import { runLoad } from "../src/workloads/native/run-load.ts";
import { BUILTIN_SCRIPTS } from "../src/workloads/native/script/builtin-scripts.ts";
import { withPostgres, type TestPostgres } from "../test/support/postgres.ts";
import { loadOf } from "../test/e2e/native/load-of.ts";

const run = promisify(execFile);
const CLIENTS = 4;
const SECONDS = 5;
const ROUNDS = Number(process.argv[2] ?? 6);
/** Of each round; start and compilation are left out of both. */
const WARMUP_S = 2;

interface Figures {
  readonly tps: number;
  readonly medianMs: number;
}

async function measurePgbench(server: TestPostgres, folder: string): Promise<Figures> {
  const { host, port } = server.endpoint.hosts[0]!;
  await run(
    path.join(server.binDirectory, "pgbench"),
    ["-n", "-b", "tpcb-like", "-M", "prepared", "-c", `${CLIENTS}`, "-T", `${SECONDS}`, "-l"],
    {
      cwd: folder,
      env: {
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: "pgdyno",
        PGDATABASE: "pgdyno",
        PGPASSWORD: server.endpoint.password!.reveal(),
      },
    },
  );
  const [file] = await readdir(folder);
  const lines = (await readFile(path.join(folder, file!), "utf8")).trim().split("\n");
  await rm(path.join(folder, file!));
  // client, transaction, microseconds, script, second, microsecond of its end
  const rows = lines.map((line) => line.split(" ").map(Number));
  const endS = (row: readonly number[]): number => row[4]! + row[5]! / 1e6;
  const firstS = Math.min(...rows.map(endS));
  const kept = rows.filter((row) => endS(row) >= firstS + WARMUP_S);
  const micros = kept.map((row) => row[2]!).sort((a, b) => a - b);
  const spanS = Math.max(...kept.map(endS)) - firstS - WARMUP_S;
  return { tps: kept.length / spanS, medianMs: micros[micros.length >> 1]! / 1000 };
}

async function measureNative({ endpoint }: TestPostgres): Promise<Figures> {
  const counts = mergeCounts([]);
  let transactions = 0;
  let spanMs = 0;
  const options = { clients: CLIENTS, durationS: SECONDS, protocol: "prepared", scale: 5 } as const;
  await runLoad(loadOf(endpoint, BUILTIN_SCRIPTS["tpcb-like"], options), {
    onSecond({ index, intervalMs, perScript: [script] }) {
      if (index < WARMUP_S || intervalMs < 500) return;
      transactions += script!.transactions;
      spanMs += intervalMs;
      counts.add(script!.latency);
    },
  });
  return {
    tps: (transactions / spanMs) * 1000,
    medianMs: counts.getValueAtPercentile(50) / 1000,
  };
}

await withPostgres(
  async (server) => {
    await initializeData(server.endpoint, { scale: 5 });
    const folder = await mkdtemp("/tmp/pgdyno-agreement-");
    try {
      const native: Figures[] = [];
      const pgbench: Figures[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        if (round % 2 === 0) pgbench.push(await measurePgbench(server, folder));
        native.push(await measureNative(server));
        if (round % 2 === 1) pgbench.push(await measurePgbench(server, folder));
      }
      for (const key of ["tps", "medianMs"] as const) {
        const of = (figures: readonly Figures[]): number[] => figures.map((each) => each[key]);
        console.log(
          `native over pgbench, ${key}: ${formatRatio(ratioOf(of(native), of(pgbench)))}`,
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  { version: 15, parameters: { synchronous_commit: "off", shared_buffers: "128MB" } },
);
