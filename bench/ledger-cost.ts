/**
 * What keeping the ledger costs the client: CPU time per write of the same script, with the ledger
 * and without, in interleaved rounds on one server of its own that waits for no disk.
 *
 * Run by hand: `npx tsx bench/ledger-cost.ts [rounds] [seconds]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { ledgerScript } from "../src/workloads/native/ledger/ledger-script.ts";
import { createLedgerTable } from "../src/workloads/native/ledger/ledger-table.ts";
import { runLoad } from "../src/workloads/native/run-load.ts";
import { withPostgres, type TestPostgres } from "../test/support/postgres.ts";

const [rounds = 5, seconds = 4] = process.argv.slice(2).map(Number);
/** Compilation of the hot path, which a load of minutes does not notice, is left out. */
const WARMUP_S = 2;
const signal = new AbortController().signal;

async function costMicros(
  { endpoint }: TestPostgres,
  { clients, keeps, directory }: { clients: number; keeps: boolean; directory: string },
): Promise<number> {
  await createLedgerTable(endpoint, signal);
  let [from, to] = [0, 0];
  let transactions = 0;
  const cpu = (): number => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    return userCPUTime + systemCPUTime;
  };
  // Without a ledger the slots of the script's variables are constants: unique keys are not needed.
  const script = ledgerScript({ payloadBytes: 100, weight: 1 });
  const text = `\\set pgdyno_ledger_client :client_id + 1\n\\set pgdyno_ledger_seq :pgdyno_ledger_seq + 1\n${script.text}`;
  await runLoad(
    {
      endpoint,
      scripts: [keeps ? script : { ...script, text }],
      variables: keeps ? {} : { pgdyno_ledger_seq: "0" },
      scale: 1,
      clients,
      workers: 1,
      mode: { kind: "closed", thinkMs: 0 },
      protocol: "prepared",
      connectPerTransaction: false,
      maxTries: 1,
      seed: 1,
      durationS: WARMUP_S + seconds + 0.5,
      signal,
      connectTimeoutMs: 5000,
      requestTimeoutMs: 10_000,
      reconnect: false,
      ...(keeps
        ? {
            ledger: {
              script: 0,
              file: () => path.join(directory, "t.0.csv"),
              zeroHrtimeMs: Number(process.hrtime.bigint()) / 1e6,
            },
          }
        : {}),
    },
    {
      onSecond({ index, perScript }) {
        if (index === WARMUP_S - 1) from = cpu();
        if (index < WARMUP_S || index >= WARMUP_S + seconds) return;
        to = cpu();
        transactions += perScript[0]!.transactions;
      },
    },
  );
  return (to - from) / transactions;
}

const directory = mkdtempSync("/tmp/pgdyno-bench-");
try {
  await withPostgres(
    async (server) => {
      for (const clients of [1, 8, 32]) {
        const ratios: number[] = [];
        const least = { without: Infinity, kept: Infinity };
        for (let round = 0; round < rounds; round++) {
          const without = await costMicros(server, { clients, keeps: false, directory });
          const kept = await costMicros(server, { clients, keeps: true, directory });
          ratios.push(kept / without);
          least.without = Math.min(least.without, without);
          least.kept = Math.min(least.kept, kept);
        }
        ratios.sort((a, b) => a - b);
        const [low, median, high] = [0, ratios.length >> 1, ratios.length - 1].map((i) =>
          ratios[i]!.toFixed(2),
        );
        // Neighbours on the machine only ever add: the least is the nearest to the program's own.
        console.log(
          `${clients} clients: ${median} (${low} to ${high}); least ` +
            `${least.kept.toFixed(1)} / ${least.without.toFixed(1)} µs = ${(least.kept / least.without).toFixed(2)}`,
        );
      }
    },
    { version: 15, parameters: { synchronous_commit: "off", fsync: "off" } },
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
