/**
 * The adaptive ladder against the fixed one on a real PostgreSQL: machine time, and the peak that each
 * reports against the mean of all fixed ladders. They take turns, two adaptive ones beside each fixed one; that
 * has seven rungs and five repetitions, the adaptive one at most a fifth of its time. Writes its table into docs/explanation/search.md.
 *
 * Run by hand on a quiet machine, with the program built: `npx tsx bench/search-for-real.ts [repeats]`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { analyzeRecord } from "../src/analysis/analyze-record.ts";
import { isUsable } from "../src/analysis/compare/metrics.ts";
import { meanOf } from "../src/analysis/statistics/moments.ts";
import { readRecord } from "../src/record/read-record.ts";
import { writeTable } from "./write-table.ts";
import { STAGE_ANALYSES } from "../src/stages/analyses.ts";

const REPEATS = Number(process.argv[2] ?? 3);
const CLIENTS = [1, 2, 4, 8, 16, 32, 64];
const REPETITIONS = 5;
/** A look of the adaptive ladder is a quarter of it, and no shorter than 2 s. */
const [WARMUP_MS, WINDOW_MS] = [1000, 8000];
const FIFTH_MS = (CLIENTS.length * REPETITIONS * (WARMUP_MS + WINDOW_MS)) / 5;
const PROGRAM = fileURLToPath(new URL("../bin/pgdyno", import.meta.url));

type Way = "fixed" | "adaptive";

interface Climb {
  /** From the first trial's start to the last one's end. */
  readonly machineMs: number;
  readonly trials: number;
  /** Rung with the highest mean, and that mean. */
  readonly clients: number;
  readonly tps: number;
  readonly means: ReadonlyMap<number, number>;
}

function experimentOf(way: Way): unknown {
  const ladder = {
    workload: { native: { builtin: "tpcb-like", scale: 20 } },
    clients: CLIENTS,
    duration: `${WINDOW_MS}ms`,
    warmup: `${WARMUP_MS}ms`,
    cooldown: "0s",
    repetitions: REPETITIONS,
    between: "keep",
    ...(way === "adaptive" ? { adaptive: true, budget: `${FIFTH_MS}ms` } : {}),
  };
  return {
    metadata: { name: way },
    target: { local: { postgresql: { version: 15, from: "machine" } } },
    stages: [{ ladder }],
  };
}

async function climb(way: Way, site: string): Promise<Climb> {
  const file = path.join(site, `${way}.yaml`);
  writeFileSync(file, JSON.stringify(experimentOf(way)));
  try {
    execFileSync(PROGRAM, ["run", file, "--format", "json"], {
      cwd: site,
      stdio: ["ignore", "ignore", "ignore"],
    });
  } catch {
    // A verdict is no matter here; what is missing shows below.
  }
  const record = await readRecord(path.join(site, "runs/latest"));
  const { trials } = analyzeRecord(record, STAGE_ANALYSES);
  const times = record.events.flatMap(({ kind, atMs }) =>
    kind === "trial-started" || kind === "trial-ended" ? [atMs] : [],
  );
  const means = new Map<number, number>();
  for (const clients of CLIENTS) {
    const values = trials.flatMap((trial) =>
      trial.planned.clients === clients && isUsable(trial) && trial.throughputTps !== null
        ? [trial.throughputTps]
        : [],
    );
    if (values.length > 0) means.set(clients, meanOf(values)!);
  }
  const [best] = [...means].toSorted(([, a], [, b]) => b - a);
  return {
    machineMs: Math.max(...times) - Math.min(...times),
    trials: trials.length,
    clients: best![0],
    tps: best![1],
    means,
  };
}

const climbs: Record<Way, Climb[]> = { fixed: [], adaptive: [] };
const site = mkdtempSync(path.join(tmpdir(), "pgdyno-search-"));
try {
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const way of ["adaptive", "fixed", "adaptive"] as const) {
      const found = await climb(way, site);
      climbs[way].push(found);
      console.log(
        `${way}: ${found.trials} trials in ${(found.machineMs / 1000).toFixed(1)} s, ${found.clients} clients, ${found.tps.toFixed(0)} tps`,
      );
    }
  }
} finally {
  rmSync(site, { recursive: true });
}

/** Of every fixed ladder together, per rung: the best that is known of the truth. */
const known = new Map(
  CLIENTS.map((clients) => [
    clients,
    meanOf(climbs.fixed.flatMap(({ means }) => means.get(clients) ?? []))!,
  ]),
);
const peak = Math.max(...known.values());
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const rows = (["fixed", "adaptive"] as const).map((way) => {
  const own = climbs[way];
  const errors = own.map(({ tps }) => tps / peak - 1);
  const losses = own.map(({ clients }) => 1 - known.get(clients)! / peak);
  const machineMs = median(own.map((one) => one.machineMs));
  return [
    way,
    `${(machineMs / 1000).toFixed(1)} s`,
    percent(machineMs / median(climbs.fixed.map((one) => one.machineMs))),
    String(median(own.map((one) => one.trials))),
    percent(Math.sqrt(meanOf(errors.map((error) => error ** 2))!)),
    percent(meanOf(losses)!),
    own.map(({ clients }) => clients).join(", "),
  ];
});
const COLUMNS = [
  "ladder",
  "machine time",
  "of the fixed one's",
  "trials",
  "error of the peak",
  "lost",
  "rungs chosen",
];
writeTable("search-for-real.ts", COLUMNS, rows);
