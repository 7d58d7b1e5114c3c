import { decideStopping } from "../../../analysis/statistics/adaptive-stopping.ts";
import type { Readings } from "../../../analysis/statistics/readings.ts";

export interface BlockPlan {
  readonly precisionShare: number;
  /** Repetitions of every point before the first look. */
  readonly runsMin: number;
  readonly runsMax: number;
  readonly budgetMs: number | null;
  /** What one trial takes. */
  readonly trialMs: number;
}

/** A point of a ladder with the throughput of each repetition so far. */
export interface RepeatedPoint {
  readonly point: string;
  readonly values: Readings;
}

export interface BlockStep {
  /** Points to repeat once more, in the order in which they were given; empty where it is done. */
  readonly points: readonly string[];
  readonly because: string;
}

/**
 * Who is measured in the next block: every point whose interval is not yet as tight as wanted. A
 * point that is, stays out, and the time goes to the others.
 */
export function nextBlock(
  plan: BlockPlan,
  points: readonly RepeatedPoint[],
  spentMs: number,
): BlockStep {
  const decided = points.map(({ point, values }) => ({
    point,
    ...decideStopping(
      { runs: values, elapsedMs: spentMs, nextRunMs: null },
      { targetShare: plan.precisionShare, runsMin: plan.runsMin, runsMax: plan.runsMax },
    ),
  }));
  const open = decided.filter(({ decision }) => decision === "continue");
  if (open.length === 0) return { points: [], because: tellEnd(decided) };
  if (plan.budgetMs !== null && spentMs + open.length * plan.trialMs > plan.budgetMs) {
    const because = `One more block does not fit into the time budget; ${open.length} of ${points.length} points are not as precise as wanted.`;
    return { points: [], because };
  }
  return {
    points: open.map(({ point }) => point),
    because: `${open.length} of ${points.length} points are not yet as precise as wanted.`,
  };
}

function tellEnd(
  decided: readonly { readonly reason: string; readonly because: string }[],
): string {
  const short = decided.find(({ reason }) => reason !== "precise");
  return short === undefined ? "Every point is as precise as wanted." : short.because;
}
