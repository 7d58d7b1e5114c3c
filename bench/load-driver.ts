/**
 * What a transaction costs the client: the native driver beside pgbench, sysbench and two libraries of
 * Node, in interleaved rounds on one server of its own. Prints tables in Markdown.
 *
 * `npx tsx bench/load-driver.ts [--only select-only,tpcb-like,open,threads,initialize,memory] [--rounds 5] [--seconds 5]
 * [--minutes 3]`. PostgreSQL 15 with its pgbench must be on the machine; `npm install --prefix bench`
 * brings the libraries, the package manager sysbench. What is missing is left out, with the reason.
 */
import { parseArgs } from "node:util";
import { initializeData } from "../src/workloads/native/initialize-data.ts";
import { withPostgres, type TestPostgres } from "../test/support/postgres.ts";
import { SCALE, type Case, type Cost, type Measure } from "./case.ts";
import { formatRatio, inRounds, meanOf, medianOf, ratioOf } from "./compare.ts";
import { measureNative, withWorkers } from "./measure-native.ts";
import {
  initializeByPgbench,
  measureLibrary,
  measurePgbench,
  measureSysbench,
  whyNot,
} from "./measure-program.ts";

const SCRIPTS = ["select-only", "tpcb-like"] as const;
const PARTS = [...SCRIPTS, "open", "threads", "initialize", "memory"];

const { values: given } = parseArgs({
  options: {
    only: { type: "string", default: PARTS.join() },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
    minutes: { type: "string", default: "3" },
  },
});
const [rounds, seconds, minutes] = [given.rounds, given.seconds, given.minutes].map(Number) as [
  number,
  number,
  number,
];

type Named = readonly [name: string, measure: Measure];

const CLIENTS: readonly Named[] = [
  ["pgbench", measurePgbench],
  ["native", measureNative],
  ["sysbench", measureSysbench],
  ["pg", measureLibrary("pg")],
  ["postgres", measureLibrary("postgres")],
];

function isHere([name]: Named, script: Case["script"]): boolean {
  const reason = whyNot(name, script);
  if (reason !== null) console.log(`${name} is left out: ${reason}.\n`);
  return reason === null;
}

/** A row for each client; ratios are against the first one, round by round. */
async function table(server: TestPostgres, cases: readonly Case[], clients: readonly Named[]) {
  console.log("| load | client | CPU per transaction, µs | ratio (95 % interval) | tps, ratio |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const about of cases) {
    const work = clients.map(
      ([, measure]) =>
        () =>
          measure(server, about),
    );
    const costs = await inRounds<Cost>(rounds, work);
    const of = (i: number, key: keyof Cost) => costs[i]!.map((cost) => cost[key]);
    const rate = about.rateTps === null ? "" : ` at ${about.rateTps}/s`;
    const load = `${about.script}, ${about.clients} clients${rate}`;
    clients.forEach(([name], i) => {
      const ratio = i === 0 ? "1" : formatRatio(ratioOf(of(i, "cpuMicros"), of(0, "cpuMicros")));
      const tps = i === 0 ? "1" : formatRatio(ratioOf(of(i, "tps"), of(0, "tps")));
      const micros = medianOf(of(i, "cpuMicros")).toFixed(1);
      console.log(`| ${i === 0 ? load : ""} | ${name} | ${micros} | ${ratio} | ${tps} |`);
    });
  }
  console.log("");
}

async function compareInitialization(server: TestPostgres): Promise<void> {
  const steps = ["d", "t", "g"] as const;
  const [pgbench, native] = await inRounds(rounds, [
    () => initializeByPgbench(server, SCALE),
    async () => {
      const began = performance.now();
      await initializeData(server.endpoint, { scale: SCALE, steps });
      return performance.now() - began;
    },
  ]);
  const ratio = formatRatio(ratioOf(native!, pgbench!));
  console.log(
    `Filling scale ${SCALE} from the client: pgbench ${(medianOf(pgbench!) / 1000).toFixed(2)} s, native ${(medianOf(native!) / 1000).toFixed(2)} s, ratio ${ratio}.\n`,
  );
}

/** Resident memory of the whole process, all threads: first and last minute, and the slope between. */
async function watchMemory(server: TestPostgres): Promise<void> {
  const residentMb: number[] = [];
  const about = {
    script: "select-only",
    clients: 32,
    rateTps: null,
    seconds: minutes * 60,
  } as const;
  const { tps } = await measureNative(server, about, {
    onSecond: () => residentMb.push(process.memoryUsage.rss() / 1024 ** 2),
  });
  const half = Math.floor(residentMb.length / 2);
  const [first, second] = [meanOf(residentMb.slice(10, half)), meanOf(residentMb.slice(half))];
  console.log(
    `Resident memory over ${minutes} min of select-only, 32 clients, ${Math.round(tps * minutes * 60)} transactions: ${first.toFixed(0)} MB on average in the first half (from its 10th second), ${second.toFixed(0)} MB in the second, at most ${Math.max(...residentMb).toFixed(0)} MB.\n`,
  );
}

await withPostgres(
  async (server) => {
    const parts = given.only.split(",");
    await initializeData(server.endpoint, { scale: SCALE });
    for (const script of SCRIPTS.filter((name) => parts.includes(name))) {
      const cases = [8, 32].map((clients) => ({ script, clients, rateTps: null, seconds }));
      const clients = CLIENTS.filter((client) => isHere(client, script));
      await table(server, cases, clients);
    }
    if (parts.includes("open")) {
      const about = { script: "select-only", clients: 8, rateTps: 4000, seconds } as const;
      await table(server, [about], CLIENTS.slice(0, 2));
    }
    if (parts.includes("threads")) {
      const about = { script: "select-only", clients: 32, rateTps: null, seconds } as const;
      const workers = [1, 2].map((count): Named => [
        `native, ${count} threads`,
        withWorkers(count),
      ]);
      await table(server, [about], workers);
    }
    if (parts.includes("initialize")) await compareInitialization(server);
    if (parts.includes("memory")) await watchMemory(server);
  },
  {
    version: 15,
    parameters: { shared_buffers: "256MB", synchronous_commit: "off", max_wal_size: "4GB" },
  },
);
