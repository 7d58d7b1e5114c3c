import type { Random } from "../lib/random.ts";
import type { StageQuestion } from "../record/format.ts";
import type { SearchStage } from "../spec/stages/search.ts";
import { slug, tellReadsOnly, type PlannedChoice } from "./ladder-points.ts";
import type { AdaptivePlan, PlanTrial } from "./plan.ts";
import { toPlainJson } from "./to-json.ts";

/** The kinds of trials that a search is made of; their levels are decided on the way. */
export function planSearch(
  stage: SearchStage,
  stageIndex: number,
  { choice, plan }: PlannedChoice,
  random: Random,
): { readonly adaptive: AdaptivePlan; readonly question: StageQuestion } {
  const curve = `search-${stageIndex + 1}-${slug(plan.title.split(",")[0]!) || choice.id}`;
  const base = {
    id: "",
    stage: stageIndex,
    stageKind: stage.kind,
    point: "",
    repetition: 1,
    workload: choice.id,
    workloadOptions: toPlainJson(plan.settledOptions),
    clients: Math.max(...stage.clients),
    rateTps: null,
    ...tellReadsOnly(plan),
    seed: random.integer(1, 2 ** 31 - 1),
    warmupMs: stage.warmupMs,
    cooldownMs: stage.cooldownMs,
    dataset: plan.dataset?.key ?? null,
    between: stage.between,
  };
  const closed: PlanTrial = {
    ...base,
    curve: `${curve}-closed`,
    curveTitle: `${plan.title}, closed loop`,
    mode: "closed",
    role: "peak",
    windowMs: stage.closedWindowMs,
  };
  const open: PlanTrial = {
    ...base,
    curve,
    curveTitle: `${plan.title}, offered rate`,
    mode: "open",
    role: "probe",
    windowMs: stage.windowMs,
  };
  const { precisionShare, trialsMax, budgetMs, clients, startTps, confirmMs, until } = stage;
  return {
    adaptive: {
      kind: "search",
      stage: stageIndex,
      precisionShare,
      trialsMax,
      budgetMs,
      clients,
      startTps,
      confirmMs,
      closed,
      open,
    },
    question: {
      kind: "search",
      stage: stageIndex,
      curve,
      closedCurve: closed.curve,
      title: plan.title,
      until,
      precisionShare,
    },
  };
}
