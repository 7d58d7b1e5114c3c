import type { RecordedPlan } from "../record/format.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { Plan } from "./plan.ts";

/** Whether a record holds the trials of this plan, beside those that were decided on the way. */
export function isSamePlan(
  recorded: Pick<RecordedPlan, "trials">,
  { trials, adaptive }: Pick<Plan, "trials" | "adaptive">,
): boolean {
  const open = new Set(adaptive.map(({ stage }) => stage));
  const planned = new Set(trials.map(({ id }) => id));
  const before = recorded.trials.filter(({ id, stage }) => !open.has(stage) || planned.has(id));
  const ids = (of: readonly PlannedTrial[]) => of.map(({ id }) => id).join(" ");
  return ids(before) === ids(trials);
}
