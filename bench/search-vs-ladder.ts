/**
 * What deciding trials on the way saves: an adaptive ladder against a fixed one of seven rungs and five
 * repetitions, on scaling laws and on a recorded curve. Writes the table into docs/explanation/search.md.
 *
 *     npx tsx bench/search-vs-ladder.ts [repeats]
 */
import { uslThroughput } from "../src/analysis/statistics/usl-fit.ts";
import { randomFrom, type Random } from "../src/lib/random.ts";
import { nextRung } from "../src/stages/ladder/steer/next-rung.ts";
import { writeTable } from "./write-table.ts";
import recorded from "./recorded-ladder.json" with { type: "json" };

const REPEATS = Number(process.argv[2] ?? 1000);
const CLIENTS = [1, 2, 4, 8, 16, 32, 64];
const REPETITIONS = 5;
/** The ladder's trial, and the adaptive one's: a quarter of it, as `adaptive: true` makes them. */
const LONG = { warmupS: 10, windowS: 60, cooldownS: 1 };
const SHORT = { warmupS: 2.5, windowS: 15, cooldownS: 1 };

interface Curve {
  readonly name: string;
  readonly tps: (clients: number) => number;
  /** Coefficients of variation: from run to run, and of a second within one. */
  readonly runNoise: number;
  readonly secondNoise: number;
}

const law = (name: string, lambdaTps: number, alpha: number, beta: number) => ({
  name,
  tps: (clients: number) => uslThroughput({ lambdaTps, alpha, beta }, clients),
});

const CURVES: readonly Curve[] = [
  { ...law("peak inside (α 0.05, β 0.0006)", 900, 0.05, 0.0006), runNoise: 0.02, secondNoise: 0.1 },
  { ...law("early peak (α 0.2, β 0.01)", 900, 0.2, 0.01), runNoise: 0.02, secondNoise: 0.1 },
  { ...law("flat top (α 0.3, β 0.0002)", 900, 0.3, 0.0002), runNoise: 0.02, secondNoise: 0.1 },
  { ...law("still rising (α 0.01, β 0)", 400, 0.01, 0), runNoise: 0.02, secondNoise: 0.1 },
  {
    ...law("quiet machine (α 0.05, β 0.0006)", 900, 0.05, 0.0006),
    runNoise: 0.005,
    secondNoise: 0.05,
  },
  {
    ...law("noisy machine (α 0.05, β 0.0006)", 900, 0.05, 0.0006),
    runNoise: 0.05,
    secondNoise: 0.2,
  },
  {
    name: `recorded: ${recorded.title}`,
    tps: (clients) => recorded.tps[CLIENTS.indexOf(clients)]!,
    runNoise: recorded.runNoise,
    secondNoise: 0.1,
  },
];

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** One trial as it would come out: what the run had in common, and what its seconds average to. */
function measure(curve: Curve, clients: number, windowS: number, random: Random): number {
  const run = Math.exp(curve.runNoise * normal(random));
  const seconds = Math.exp((curve.secondNoise / Math.sqrt(windowS)) * normal(random));
  return curve.tps(clients) * run * seconds;
}

interface Found {
  readonly clients: number;
  readonly tps: number;
  readonly machineS: number;
}

const trialS = ({ warmupS, windowS, cooldownS }: typeof LONG) => warmupS + windowS + cooldownS;

function bestOf(values: ReadonlyMap<number, readonly number[]>, machineS: number): Found {
  let best: Found = { clients: 0, tps: 0, machineS };
  for (const [clients, own] of values) {
    const tps = own.reduce((sum, value) => sum + value, 0) / own.length;
    if (tps > best.tps) best = { clients, tps, machineS };
  }
  return best;
}

function climbFixed(curve: Curve, random: Random): Found {
  const values = new Map(
    CLIENTS.map((clients) => [
      clients,
      Array.from({ length: REPETITIONS }, () => measure(curve, clients, LONG.windowS, random)),
    ]),
  );
  return bestOf(values, CLIENTS.length * REPETITIONS * trialS(LONG));
}

/** What is wanted: the default, or what the fixed ladder's error amounts to where that is better. */
function precisionOf({ runNoise, secondNoise }: Curve): number {
  const noise = Math.hypot(runNoise, secondNoise / Math.sqrt(LONG.windowS));
  return Math.min(0.02, (1.96 * noise) / Math.sqrt(REPETITIONS));
}

function climbAdaptive(curve: Curve, random: Random): Found {
  const looks = new Map<number, number[]>();
  const whole = new Map<number, number[]>();
  let machineS = 0;
  const rungs = (values: ReadonlyMap<number, readonly number[]>) =>
    CLIENTS.map((clients) => ({ clients, values: values.get(clients) ?? [] }));
  for (;;) {
    const step = nextRung(
      {
        clients: CLIENTS,
        precisionShare: precisionOf(curve),
        runsMin: REPETITIONS,
        runsMax: 30,
        trialsMax: 210,
        // A fifth of what the fixed ladder takes.
        budgetMs: (CLIENTS.length * REPETITIONS * trialS(LONG) * 1000) / 5,
        trialMs: trialS(SHORT) * 1000,
        wholeMs: trialS(LONG) * 1000,
      },
      rungs(looks),
      rungs(whole),
    );
    if (step.is === "done") return bestOf(whole.size > 0 ? whole : looks, machineS);
    const [values, size] = step.isWhole ? [whole, LONG] : [looks, SHORT];
    const own = values.get(step.clients) ?? [];
    values.set(step.clients, [...own, measure(curve, step.clients, size.windowS, random)]);
    machineS += trialS(size);
  }
}

/** Root mean square of the error of the peak, mean loss by running at the rung that was chosen. */
function judge(curve: Curve, climb: (curve: Curve, random: Random) => Found) {
  const random = randomFrom(`bench/${curve.name}/${climb.name}`);
  const truth = Math.max(...CLIENTS.map(curve.tps));
  let squares = 0;
  let loss = 0;
  let machineS = 0;
  for (let i = 0; i < REPEATS; i += 1) {
    const found = climb(curve, random);
    squares += (found.tps / truth - 1) ** 2;
    loss += 1 - curve.tps(found.clients) / truth;
    machineS += found.machineS;
  }
  return {
    error: Math.sqrt(squares / REPEATS),
    loss: loss / REPEATS,
    machineS: machineS / REPEATS,
  };
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const rows = CURVES.map((curve) => {
  const [fixed, adaptive] = [judge(curve, climbFixed), judge(curve, climbAdaptive)];
  return [
    curve.name,
    `${percent(curve.runNoise)}, ${percent(curve.secondNoise)}`,
    `${fixed.machineS.toFixed(0)} s`,
    `${adaptive.machineS.toFixed(0)} s`,
    percent(adaptive.machineS / fixed.machineS),
    percent(fixed.error),
    percent(adaptive.error),
    percent(fixed.loss),
    percent(adaptive.loss),
  ];
});
const COLUMNS = [
  "curve",
  "noise: run, second",
  "fixed",
  "adaptive",
  "share of time",
  "error, fixed",
  "error, adaptive",
  "lost, fixed",
  "lost, adaptive",
];
writeTable("search-vs-ladder.ts", COLUMNS, rows);
