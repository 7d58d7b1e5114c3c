import { UNIT_WORDS } from "../record/load-kind.ts";
import { estimateMedian } from "../analysis/estimates.ts";
import type { Analysis, CurveAnalysis, Estimate, PointAnalysis } from "../analysis/model.ts";
import { withoutSearched } from "../analysis/search/without-searched.ts";
import { judgeCapacity, judgeSearchedLatency } from "./judge-capacity.ts";
import { type CurveGoal, type GoalName, goalsOn, hasGoal, tellGoal } from "./curve-goals.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Objectives } from "../record/format.ts";
import { judgeRpo, judgeRto } from "./judge-recovery.ts";

/** An objective of the experiment, judged. */
export interface ObjectiveVerdict {
  /** `p99`, `throughput`, `rpo`, … */
  readonly objective: string;
  readonly wanted: string;
  readonly found: string | null;
  readonly verdict: "pass" | "fail" | "unknown";
  readonly because: string;
}

/**
 * The experiment's objectives, each with one of three answers. The interval decides: pass where all
 * of it meets the objective, fail where none of it does, unknown where it straddles or is missing.
 *
 * A throughput must be reached on every curve; a latency is judged at the least load that reaches
 * it, or, where there is no such objective, at the best point of each curve.
 */
export function judgeObjectives(analysis: Analysis): ObjectiveVerdict[] {
  const { objectives, failovers, searches } = analysis;
  const curves = withoutSearched(analysis);
  const { throughputTps, rpoTransactions, rtoMs } = objectives;
  const verdicts: ObjectiveVerdict[] = [];
  if (rpoTransactions !== null) {
    const wanted = `${formatNumber(rpoTransactions)} transactions lost at most`;
    const answers = failovers.map((failover) => judgeRpo(failover, rpoTransactions));
    verdicts.push(answers.length === 0 ? notAsked("rpo", wanted) : worstOf("rpo", wanted, answers));
  }
  if (rtoMs !== null) {
    const wanted = `back within ${formatDurationMs(rtoMs)}`;
    const answers = failovers.map((failover) => judgeRto(analysis, failover, rtoMs));
    verdicts.push(answers.length === 0 ? notAsked("rto", wanted) : worstOf("rto", wanted, answers));
  }
  const judge = (name: GoalName, searched: readonly Judged[]) => {
    const goals = goalsOn(curves, objectives, name);
    const answers = goals.map((goal) => judgeGoal(goal, name, objectives));
    const title = name === "throughputTps" ? "throughput" : name.slice(0, 3);
    verdicts.push(worstOf(title, tellGoal(objectives, name, goals), [...answers, ...searched]));
  };
  if (hasGoal(objectives, "throughputTps")) {
    judge(
      "throughputTps",
      throughputTps === null ? [] : searches.map((search) => judgeCapacity(search, throughputTps)),
    );
  }
  for (const name of ["p50Ms", "p95Ms", "p99Ms"] as const) {
    if (!hasGoal(objectives, name)) continue;
    const wantedMs = objectives[name];
    judge(
      name,
      wantedMs === null
        ? []
        : searches.map((one) => judgeSearchedLatency(one, name, wantedMs, objectives)),
    );
  }
  return verdicts;
}

export type Judged = Pick<ObjectiveVerdict, "found" | "verdict" | "because">;

function notAsked(objective: string, wanted: string): ObjectiveVerdict {
  const because = "No stage of this run breaks anything, so that this cannot be told.";
  return { objective, wanted, found: null, verdict: "unknown", because };
}

/** A failure speaks first, then what is unknown: an objective holds only where it holds everywhere. */
function worstOf(objective: string, wanted: string, answers: readonly Judged[]): ObjectiveVerdict {
  const worst =
    answers.find(({ verdict }) => verdict === "fail") ??
    answers.find(({ verdict }) => verdict === "unknown") ??
    answers[0];
  if (worst !== undefined) return { objective, wanted, ...worst };
  const because = "Nothing was measured.";
  return { objective, wanted, found: null, verdict: "unknown", because };
}

function judgeGoal({ curve, value, because }: CurveGoal, name: GoalName, all: Objectives): Judged {
  if (value === null) return { found: null, verdict: "unknown", because: because ?? "" };
  return name === "throughputTps"
    ? judgeThroughput(curve, value)
    : judgeLatency(curve, name, value, goalsOn([curve], all, "throughputTps")[0]?.value ?? null);
}

function judgeThroughput(curve: CurveAnalysis, wantedTps: number): Judged {
  const estimate = curve.best?.throughputTps ?? null;
  const figure = `${formatNumber(estimate?.value ?? 0)} ${UNIT_WORDS[curve.unit].perSecond}`;
  return judgeEstimate(curve, curve.best, estimate, figure, (value) => value >= wantedTps);
}

function judgeLatency(
  curve: CurveAnalysis,
  quantile: "p50Ms" | "p95Ms" | "p99Ms",
  wantedMs: number,
  throughputTps: number | null,
): Judged {
  const point =
    throughputTps === null
      ? curve.best
      : (curve.points.find((one) => (one.throughputTps?.value ?? 0) >= throughputTps) ??
        curve.best);
  const estimate = point === null ? null : latencyOf(point, quantile);
  const figure = formatDurationMs(estimate?.value ?? 0);
  return judgeEstimate(curve, point, estimate, figure, (value) => value <= wantedMs);
}

function latencyOf(point: PointAnalysis, quantile: "p50Ms" | "p95Ms" | "p99Ms"): Estimate | null {
  if (quantile === "p99Ms") return point.p99Ms;
  return estimateMedian(
    point.trials.flatMap(({ latency, validity }) => {
      const value = latency[quantile];
      return validity.is === "invalid" || value === null ? [] : [value];
    }),
  );
}

function judgeEstimate(
  curve: CurveAnalysis,
  point: PointAnalysis | null,
  estimate: Estimate | null,
  figure: string,
  meets: (value: number) => boolean,
): Judged {
  if (point === null) {
    return {
      found: null,
      verdict: "unknown",
      because: `Nothing valid was measured of ${curve.title}.`,
    };
  }
  const at = `${curve.title}, ${loadOf(point)}`;
  if (estimate === null) {
    const because = `Too few ${UNIT_WORDS[curve.unit].many} were seen at ${at} to tell.`;
    return { found: null, verdict: "unknown", because };
  }
  const found = `${figure} (${at})`;
  if (estimate.low === null || estimate.high === null) {
    const because = `One repetition has no interval; at ${at} it was ${figure}.`;
    return { found, verdict: "unknown", because };
  }
  const ends = [meets(estimate.low), meets(estimate.high)];
  const verdict = ends.every(Boolean) ? "pass" : ends.some(Boolean) ? "unknown" : "fail";
  const sentence = {
    pass: "All of the interval meets it",
    fail: "None of the interval meets it",
    unknown: "The interval lies on both sides of it: more repetitions are needed",
  }[verdict];
  const range = `${formatNumber(estimate.low)} to ${formatNumber(estimate.high)}`;
  return { found, verdict, because: `${sentence} (${range}, ${estimate.method}; ${at}).` };
}

function loadOf({ clients, rateTps, unit }: PointAnalysis): string {
  const load = `${clients} ${clients === 1 ? "client" : "clients"}`;
  return rateTps === null
    ? load
    : `${load} at ${formatNumber(rateTps)} ${UNIT_WORDS[unit].perSecond}`;
}
