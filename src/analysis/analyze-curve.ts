import { randomFrom } from "../lib/random.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";
import { estimateMean, estimateMedian } from "./estimates.ts";
import { mergeHistograms, quantilesOf } from "./latency-quantiles.ts";
import { NO_LATENCY } from "./no-latency.ts";
import type { CurveAnalysis, PointAnalysis, TrialAnalysis, UslFit } from "./model.ts";
import { isWhole, measuredTrials } from "./measured-trials.ts";
import { findKnee, type Rung } from "./statistics/knee.ts";
import { fitLadder } from "./statistics/usl.ts";
import { histogramsIn } from "./trial-seconds.ts";

/** The curves of a run by stage and name, each with its points by load. */
export function analyzeCurves(
  record: RunRecord,
  trials: readonly TrialAnalysis[],
  looks: readonly TrialAnalysis[],
): CurveAnalysis[] {
  const byCurve = groupBy(trials, ({ planned }) => planned.curve);
  const stageOf = (own: readonly TrialAnalysis[]) => own[0]!.planned.stage;
  return [...byCurve]
    .sort(([a, ofA], [b, ofB]) => stageOf(ofA) - stageOf(ofB) || (a < b ? -1 : 1))
    .map(([curve, own]) => ({
      ...analyzeCurve(record, curve, own),
      firstLook: firstLookOf(looks.find(({ planned }) => planned.curve === curve)),
    }));
}

function firstLookOf(look: TrialAnalysis | undefined): CurveAnalysis["firstLook"] {
  if (look === undefined) return null;
  const { planned, throughputTps, latency, validity } = look;
  return { trial: planned.id, throughputTps, latency, validity };
}

function analyzeCurve(
  record: RunRecord,
  curve: string,
  trials: readonly TrialAnalysis[],
): Omit<CurveAnalysis, "firstLook"> {
  const first = trials[0]!.planned;
  const points = [...groupBy(trials, ({ planned }) => planned.point).values()]
    .map((own) => analyzePoint(record, own))
    .sort((a, b) => a.clients - b.clients || (a.rateTps ?? 0) - (b.rateTps ?? 0));
  const whole = points.filter((point) => point.trials.some((one) => isUsable(one) && isWhole(one)));
  return {
    curve,
    title: first.curveTitle,
    unit: trials[0]!.unit,
    workload: first.workload,
    mode: first.mode,
    points,
    best: bestOf(whole.length > 0 ? whole : points),
    ...scalingOf(record, first, points),
  };
}

function analyzePoint(record: RunRecord, trials: readonly TrialAnalysis[]): PointAnalysis {
  const { point, clients, rateTps } = trials[0]!.planned;
  const usable = measuredTrials(trials.filter(isUsable));
  return {
    point,
    unit: trials[0]!.unit,
    clients,
    rateTps,
    trials,
    throughputTps: estimateMean(numbersOf(usable, ({ throughputTps }) => throughputTps)),
    latency: mergedLatency(record, usable),
    p99Ms: estimateMedian(numbersOf(usable, ({ latency }) => latency.p99Ms)),
  };
}

function isUsable({ validity }: TrialAnalysis): boolean {
  return validity.is !== "invalid";
}

function mergedLatency(record: RunRecord, trials: readonly TrialAnalysis[]) {
  const histograms = trials.flatMap(({ planned, window }) =>
    window === null ? [] : histogramsIn(record.latencies.get(planned.id) ?? [], "latency", window),
  );
  return histograms.length === 0 ? NO_LATENCY : quantilesOf(mergeHistograms(histograms));
}

function bestOf(points: readonly PointAnalysis[]): PointAnalysis | null {
  let best: PointAnalysis | null = null;
  for (const point of points) {
    if (point.throughputTps === null) continue;
    if (best?.throughputTps == null || point.throughputTps.value > best.throughputTps.value) {
      best = point;
    }
  }
  return best;
}

/** Knee and scaling law are of a closed ladder: an open loop's throughput is what was asked for. */
function scalingOf(
  record: RunRecord,
  { mode, curve }: PlannedTrial,
  points: readonly PointAnalysis[],
): Pick<CurveAnalysis, "knee" | "usl" | "uslBecause"> {
  if (mode === "open") {
    return { knee: null, usl: null, uslBecause: "An open loop does not show how it scales." };
  }
  // Like with like: where rungs were looked at, every one has looks.
  const rungs: Rung[] = points.map(({ clients, trials }) => ({
    clients,
    throughputTps: trials
      .filter((trial) => isUsable(trial) && !isWhole(trial))
      .map(({ throughputTps }) => throughputTps),
  }));
  const knee = findKnee(rungs);
  const random = randomFrom(`${record.manifest.plan.seed}/usl/${curve}`);
  const fit = fitLadder(rungs, { random: () => random.next() });
  return {
    knee: knee.is === "knee" ? { clients: knee.clients, because: knee.because } : null,
    ...(fit.is === "fit" ? toUsl(fit) : { usl: null, uslBecause: fit.because }),
  };
}

function toUsl(fit: Extract<ReturnType<typeof fitLadder>, { is: "fit" }>): {
  usl: UslFit;
  uslBecause: string | null;
} {
  const { peakClients, peakTps } = fit;
  return {
    usl: {
      lambda: fit.lambdaTps,
      alpha: fit.alpha,
      beta: fit.beta,
      peakClients: peakClients.is === "estimate" ? peakClients.value : null,
      peakTps: peakTps.is === "estimate" ? peakTps.value : null,
    },
    uslBecause: peakClients.is === "unknown" ? peakClients.because : null,
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const own = groups.get(keyOf(item));
    if (own === undefined) groups.set(keyOf(item), [item]);
    else own.push(item);
  }
  return groups;
}

function numbersOf<T>(items: readonly T[], valueOf: (item: T) => number | null): number[] {
  return items.map(valueOf).filter((value): value is number => value !== null);
}
