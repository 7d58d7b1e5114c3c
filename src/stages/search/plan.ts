import { formatDurationMs } from "../../lib/units.ts";
import { clientLevels, placeChoice } from "../../plan/stage-loads.ts";
import type { PlannedStage, PlanScene, StagePlanner } from "../../plan/stage-planner.ts";
import { trialsWithin } from "../../plan/trials-within.ts";
import { shortTitle, slug, tellReadsOnly } from "../../plan/planned-choice.ts";
import type { AdaptivePlan, PlanTrial } from "../../plan/plan.ts";
import { toPlainJson } from "../../plan/to-json.ts";
import type { SearchStage } from "./schema.ts";

/** A search, of which only the kinds of trials are known beforehand. */
export interface SearchPlan extends AdaptivePlan {
  readonly kind: "search";
  readonly clients: readonly number[];
  readonly startTps: number | null;
  readonly confirmMs: number;
  /** Without their level: `clients` and `rateTps` are filled in when the trial is decided. */
  readonly closed: PlanTrial;
  readonly open: PlanTrial;
}

export const searchPlanner: StagePlanner<SearchStage, SearchPlan> = {
  loads: ({ workload, clients }, place) => ({
    choices: [placeChoice(workload, ...place, "workload")],
    levels: clientLevels(clients, place),
  }),
  plan: planSearch,
  templates: ({ closed, open }) => [closed, open],
  tell: (stage, { rate }) => ({ points: 1, repetitions: 1, lines: linesOf(stage, rate) }),
};

/** The kinds of trials that a search is made of; their levels are decided on the way. */
function planSearch(
  stage: SearchStage,
  { index: stageIndex, choices: [first], random }: PlanScene,
): PlannedStage<SearchPlan> {
  const { choice, plan } = first!;
  const curve = `search-${stageIndex + 1}-${slug(shortTitle(plan)) || choice.id}`;
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
    trials: [],
    atMost: trialsWithin([open], stage),
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

function linesOf(stage: SearchStage, rate: string): string[] {
  const goals = Object.entries(stage.until).flatMap(([name, ms]) =>
    ms === null ? [] : [`${name.slice(0, -2)} at most ${formatDurationMs(ms)}`],
  );
  const first = stage.startTps === null ? "half of the peak" : `${stage.startTps} ${rate}`;
  return [
    `peak: closed loop, clients ${stage.clients.join(", ")}, climbed; windows of ${formatDurationMs(stage.closedWindowMs)}`,
    `then open loop from ${first}: doubled, then halved, until ${goals.join(", ")} and nothing queues, to ${stage.precisionShare * 100} %`,
    `${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window; the result again over ${formatDurationMs(stage.confirmMs)}, and once at 80 % of it`,
    limitsOf(stage),
  ];
}

function limitsOf({ trialsMax, budgetMs }: SearchStage): string {
  const time = budgetMs === null ? "" : ` and ${formatDurationMs(budgetMs)} of load`;
  return `at most ${trialsMax} trials${time}`;
}
