import type {
  Analysis,
  CurveAnalysis,
  Estimate,
  PointAnalysis,
  TrialAnalysis,
} from "../../../src/analysis/model.ts";
import { NO_OBJECTIVES } from "../../../src/record/format.ts";
import type { ObjectiveVerdict } from "../../../src/findings/objectives.ts";
import { CLIENTS, CURVES } from "./plan.ts";
import { expectedTps, quantilesOf, trialsOf } from "./trials.ts";

function estimateOf(values: readonly number[]): Estimate {
  const value = values.reduce((sum, x) => sum + x, 0) / values.length;
  const spread = (Math.max(...values) - Math.min(...values)) * 1.2;
  return {
    value,
    low: values.length < 2 ? null : value - spread,
    high: values.length < 2 ? null : value + spread,
    n: values.length,
    method: `95 % t-interval over ${values.length} repetitions`,
  };
}

export function analysisOf(): Analysis {
  const trials = trialsOf();
  return {
    trials,
    curves: CURVES.map((curve) => curveOf(curve, trials)),
    objectives: { ...NO_OBJECTIVES, p99Ms: 50, throughputTps: 1200 },
    failovers: [],
    recoveries: [],
    searches: [],
    comparisons: [],
    observations: [],
    ceilings: [],
    surfaces: [],
    observer: {
      share: 0.006,
      because: "CPU of the probes' own process and connections over that of the machine.",
    },
  };
}

function curveOf(
  { curve, title, lambda, alpha, beta }: (typeof CURVES)[number],
  trials: readonly TrialAnalysis[],
): CurveAnalysis {
  const points = CLIENTS.map((clients): PointAnalysis => {
    const mine = trials
      .filter(({ planned }) => planned.curve === curve && planned.clients === clients)
      .toSorted((a, b) => a.planned.repetition - b.planned.repetition);
    const usable = mine.filter(({ validity }) => validity.is !== "invalid");
    const throughputTps = estimateOf(usable.map(({ throughputTps }) => throughputTps!));
    return {
      point: `${curve}-c${clients}`,
      unit: "transactions",
      clients,
      rateTps: null,
      trials: mine,
      throughputTps,
      latency: quantilesOf(curve, clients, throughputTps.value, clients),
      p99Ms: estimateOf(usable.map(({ latency }) => latency.p99Ms!)),
    };
  });
  const best = points.toSorted((a, b) => b.throughputTps!.value - a.throughputTps!.value)[0]!;
  return {
    curve,
    title,
    unit: "transactions",
    workload: "pgbench",
    mode: "closed",
    points,
    best,
    knee: {
      clients: 16,
      because: "more clients raise throughput by less than 5 %, within the intervals.",
    },
    usl: {
      lambda,
      alpha,
      beta,
      peakClients: Math.round(Math.sqrt((1 - alpha) / beta)),
      peakTps: expectedTps(curve, Math.sqrt((1 - alpha) / beta)),
    },
    uslBecause: null,
    firstLook: null,
  };
}

export function objectivesOf(): ObjectiveVerdict[] {
  return [
    {
      objective: "p99",
      wanted: "50 ms",
      found: "31 ms",
      verdict: "pass",
      because: "The p99 of TPC-B-like at 16 clients was 31 ms.",
    },
    {
      objective: "throughput",
      wanted: "1,200 tps",
      found: "1,790 tps",
      verdict: "pass",
      because: "TPC-B-like reached 1,790 tps at 16 clients.",
    },
  ];
}
