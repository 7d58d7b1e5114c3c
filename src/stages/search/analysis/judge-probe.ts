import { UNIT_WORDS } from "../../../record/load-kind.ts";
import { formatDurationMs, formatNumber } from "../../../lib/units.ts";
import type { LatencyGoal } from "../../../record/format.ts";
import type { RunRecord } from "../../../record/run-record.ts";
import { evidenceOf } from "../../../analysis/evidence-of-window.ts";
import type { TrialAnalysis, ValidityGrade } from "../../../analysis/model.ts";
import { theilSen } from "../../../analysis/statistics/theil-sen.ts";
import { DELIVERED_DEVIATIONS, DELIVERED_SHARE_MIN } from "../../../analysis/thresholds.ts";
import { boundLatency, type LatencyBound } from "./latency-bound.ts";
import { judgeQueues, type QueueVerdict } from "./judge-queues.ts";
import { SEARCH_THRESHOLDS } from "../../../analysis/search/thresholds.ts";

export interface Criterion {
  readonly is: "pass" | "fail" | "unknown";
  readonly because: string;
}

/**
 * Whether a rate held, over one window; `unknown` where the window is spoiled by what is neither load
 * nor database: `slo` and `sustained` then still tell what its figures say.
 */
export interface ProbeVerdict extends Criterion {
  readonly trial: string;
  readonly role: "probe" | "confirm" | "margin";
  readonly rateTps: number;
  readonly achievedTps: number | null;
  /** The latency objective, delivery and errors. */
  readonly slo: Criterion;
  /** Nothing queues behind the database. */
  readonly sustained: Criterion;
  readonly latency: readonly LatencyBound[];
  readonly queues: readonly QueueVerdict[];
  readonly validity: ValidityGrade;
  readonly windowMs: number;
}

/** Gates that speak of the load itself: a rate that trips them did not hold, which is an answer. */
const GATES_OF_THE_LOAD = new Set(["errors", "generator-saturated", "rate-not-delivered"]);

/**
 * Judges one window at an offered rate: delivered, few errors, latency surely within the objective, no
 * lag that grows, and nothing that queues.
 */
export function judgeProbe(
  record: RunRecord,
  trial: TrialAnalysis,
  until: LatencyGoal,
): ProbeVerdict {
  const { planned, window, validity } = trial;
  const latency = listBounds(record, trial, until);
  const slo = judgeSlo(record, trial, until, latency);
  const queues = window === null ? [] : judgeQueues(evidenceOf(record, window, trial));
  const sustained = judgeSustained(trial, queues);
  const spoiled = validity.reasons.find(
    ({ grade, gate }) => grade === "invalid" && !GATES_OF_THE_LOAD.has(gate),
  );
  const { is, because } =
    spoiled === undefined
      ? worstOf(slo, sustained)
      : { is: "unknown" as const, because: spoiled.because };
  return {
    trial: planned.id,
    role: planned.role === "confirm" || planned.role === "margin" ? planned.role : "probe",
    rateTps: planned.rateTps ?? 0,
    achievedTps: trial.throughputTps,
    slo,
    sustained,
    latency,
    queues,
    validity: validity.is,
    windowMs: planned.windowMs,
    is,
    because,
  };
}

/** A failure speaks first, then what is not known. */
export function worstOf(slo: Criterion, sustained: Criterion): Criterion {
  const both = [slo, sustained];
  return both.find(({ is }) => is === "fail") ?? both.find(({ is }) => is === "unknown") ?? slo;
}

function listBounds(
  record: RunRecord,
  { planned, window }: TrialAnalysis,
  until: LatencyGoal,
): LatencyBound[] {
  if (window === null) return [];
  const latencies = record.latencies.get(planned.id) ?? [];
  return (["p50Ms", "p95Ms", "p99Ms"] as const).flatMap((goal) => {
    const bound = until[goal] === null ? null : boundLatency(latencies, window, goal);
    return bound === null ? [] : [bound];
  });
}

function judgeSlo(
  record: RunRecord,
  trial: TrialAnalysis,
  until: LatencyGoal,
  bounds: readonly LatencyBound[],
): Criterion {
  if (trial.window === null || trial.throughputTps === null) {
    return { is: "unknown", because: "The trial has no figures." };
  }
  const broken = whyNotDelivered(trial) ?? whyLagGrows(record, trial, until);
  if (broken !== null) return { is: "fail", because: broken };
  for (const { goal, ms, highMs } of bounds) {
    const limitMs = until[goal]!;
    if (ms <= limitMs && highMs <= limitMs) continue;
    const figure = `${nameOf(goal)} is ${formatDurationMs(ms)}`;
    const upper = ms > limitMs ? "" : ` and may be ${formatDurationMs(highMs)}`;
    return {
      is: "fail",
      because: `${figure}${upper}; ${formatDurationMs(limitMs)} is the limit.`,
    };
  }
  if (bounds.length === 0) return { is: "unknown", because: "No transaction ended in the window." };
  const figures = bounds.map(
    ({ goal, ms, highMs }) =>
      `${nameOf(goal)} ${formatDurationMs(ms)} (up to ${formatDurationMs(highMs)})`,
  );
  return { is: "pass", because: `${figures.join(", ")}.` };
}

function whyNotDelivered({ planned, unit, window, throughputTps, ...trial }: TrialAnalysis) {
  const { failed, unknown, skipped, latency, validity } = trial;
  const saturated = validity.reasons.find(({ gate }) => gate === "generator-saturated");
  const wanted = (planned.rateTps ?? 0) * ((window!.endMs - window!.startMs) / 1000);
  const found = (throughputTps ?? 0) * ((window!.endMs - window!.startMs) / 1000);
  const chance = DELIVERED_DEVIATIONS * Math.sqrt(wanted);
  if (found < DELIVERED_SHARE_MIN * wanted - chance) {
    const why = saturated?.grade === "invalid" ? ` ${saturated.because}` : "";
    return `Only ${formatNumber(throughputTps ?? 0)} ${UNIT_WORDS[unit].perSecond} of ${formatNumber(planned.rateTps ?? 0)} were done.${why}`;
  }
  const asked = latency.count + failed + unknown + skipped;
  if (skipped > SEARCH_THRESHOLDS.skippedShareMax * asked) {
    return `${formatNumber(skipped)} transactions were too late to be sent.`;
  }
  if (failed + unknown > SEARCH_THRESHOLDS.failedShareMax * asked) {
    return `${formatNumber(failed + unknown)} transactions failed or lost their answer.`;
  }
  return null;
}

/** The wait for a free connection grows all through the window: the queue is in front of the database. */
function whyLagGrows(
  record: RunRecord,
  { planned, window }: TrialAnalysis,
  until: LatencyGoal,
): string | null {
  const limitMs = until.p50Ms ?? until.p95Ms ?? until.p99Ms;
  if (window === null || limitMs === null) return null;
  const points = (record.latencies.get(planned.id) ?? []).flatMap((interval) => {
    const { part, startMs, endMs, histogram } = interval;
    if (part !== "lag" || startMs < window.startMs || endMs > window.endMs) return [];
    if (histogram.totalCount === 0) return [];
    return [{ x: endMs / 1000, y: histogram.mean / 1000 }];
  });
  const slope = theilSen(points, SEARCH_THRESHOLDS.slopeConfidence);
  if (slope.is === "unknown" || slope.low <= 0) return null;
  const grownMs = (slope.slope * (window.endMs - window.startMs)) / 1000;
  if (grownMs < SEARCH_THRESHOLDS.lagGrowthShareMin * limitMs) return null;
  return `Transactions wait longer and longer to be sent: ${formatDurationMs(grownMs)} more over the window.`;
}

function judgeSustained(trial: TrialAnalysis, queues: readonly QueueVerdict[]): Criterion {
  if (trial.window === null) return { is: "unknown", because: "The trial has no window." };
  const grown = queues.find(({ is }) => is === "grows");
  if (grown !== undefined) return { is: "fail", because: grown.because };
  if (whyNotDelivered(trial) !== null) {
    return { is: "unknown", because: "The rate was not reached, so that nothing is known of it." };
  }
  const unseen = queues.filter(({ is }) => is === "not-seen").map(({ queue }) => queue);
  const but = unseen.length === 0 ? "" : ` Not seen: ${unseen.join(", ")}.`;
  return { is: "pass", because: `Nothing queues.${but}` };
}

function nameOf(goal: keyof LatencyGoal): string {
  return goal.slice(0, -2);
}
