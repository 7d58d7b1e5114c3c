/**
 * A script that takes the same time on any machine, through pgbench and through the native driver. How near
 * they come on scripts that keep a machine busy is `bench/agreement.ts`'s.
 */
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { runLoad } from "../../../src/workloads/native/run-load.ts";
import { mergeCounts } from "../../../src/workloads/native/load/latency-histogram.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { loadOf } from "./load-of.ts";

const CLIENTS = 4;
const SECONDS = 4;
/** So long that the client's own part of it is small, however slow the machine is. */
const SCRIPT = "select pg_sleep(0.1);\n";

interface Figures {
  readonly tps: number;
  readonly medianMs: number;
}

async function throughPgbench(server: TestPostgres, folder: string): Promise<Figures> {
  const { host, port } = server.endpoint.hosts[0]!;
  await writeFile(path.join(folder, "sleep.sql"), SCRIPT);
  const args = ["-n", "-f", "sleep.sql", "-M", "prepared", "-c", `${CLIENTS}`, "-T", `${SECONDS}`];
  const ended = await nodeProcesses().run(
    path.join(server.binDirectory, "pgbench"),
    [...args, "-l", "--log-prefix=log"],
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
  expect(ended).toMatchObject({ status: 0 });
  const log = (await readdir(folder)).find((name) => name.startsWith("log."));
  const lines = (await readFile(path.join(folder, log!), "utf8")).trim().split("\n");
  // client, transaction, microseconds …
  const micros = lines.map((line) => Number(line.split(" ")[2])).toSorted((a, b) => a - b);
  return { tps: lines.length / SECONDS, medianMs: micros[micros.length >> 1]! / 1000 };
}

async function throughNative({ endpoint }: TestPostgres): Promise<Figures> {
  const counts = mergeCounts([]);
  let transactions = 0;
  const options = { clients: CLIENTS, durationS: SECONDS, protocol: "prepared" } as const;
  await runLoad(loadOf(endpoint, SCRIPT, options), {
    onSecond({ perScript: [script] }) {
      transactions += script!.transactions;
      counts.add(script!.latency);
    },
  });
  return { tps: transactions / SECONDS, medianMs: counts.getValueAtPercentile(50) / 1000 };
}

test("pgbench and the native driver agree on throughput and median latency", async () => {
  await withPostgres(
    async (server) => {
      const folder = await mkdtemp("/tmp/pgdyno-agreement-");
      try {
        const pgbench = await throughPgbench(server, folder);
        const native = await throughNative(server);
        for (const key of ["tps", "medianMs"] as const) {
          expect(native[key] / pgbench[key], key).toBeGreaterThan(0.85);
          expect(native[key] / pgbench[key], key).toBeLessThan(1.15);
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    { version: 15 },
  );
});
