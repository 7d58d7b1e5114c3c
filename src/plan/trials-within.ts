import { loadMs } from "../record/load-ms.ts";
import type { AdaptivePlan, PlanTrial } from "./plan.ts";

/** As many trials, of these kinds in turn, as the limits of a stage let it decide on. */
export function trialsWithin(
  kinds: readonly PlanTrial[],
  { trialsMax, budgetMs }: Pick<AdaptivePlan, "trialsMax" | "budgetMs">,
): readonly PlanTrial[] {
  const eachMs = kinds.reduce((sum, trial) => sum + loadMs(trial), 0) / kinds.length;
  const affordable = budgetMs === null ? trialsMax : Math.floor(budgetMs / eachMs);
  const count = Math.max(1, Math.min(trialsMax, affordable));
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!);
}
