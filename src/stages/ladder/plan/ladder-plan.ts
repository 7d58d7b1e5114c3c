import type { AdaptivePlan, PlanTrial } from "../../../plan/plan.ts";

interface Repeated extends AdaptivePlan {
  readonly runsMin: number;
  /** One per curve and level. */
  readonly points: readonly PlanTrial[];
}

/** Looks for the best rung, and measures that one until it is precise. */
export interface RungsPlan extends Repeated {
  readonly kind: "rungs";
  /** The times of a trial that is no look; `null` where a look is as long as that. */
  readonly whole: { readonly warmupMs: number; readonly windowMs: number } | null;
}

/** Repeats every point in blocks until it is precise. */
export interface BlocksPlan extends Repeated {
  readonly kind: "blocks";
}

export type LadderPlan = RungsPlan | BlocksPlan;
