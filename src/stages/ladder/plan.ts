import { formatDurationMs } from "../../lib/units.ts";
import { clientLevels, placeChoice } from "../../plan/stage-loads.ts";
import type { StagePlanner } from "../../plan/stage-planner.ts";
import { trialsWithin } from "../../plan/trials-within.ts";
import type { PlanTrial } from "../../plan/plan.ts";
import { listFirstLooks, listLadderTrials, planAdaptiveLadder } from "./plan/ladder-trials.ts";
import type { LadderPlan } from "./plan/ladder-plan.ts";
import type { LadderStage } from "./schema.ts";

export const ladderPlanner: StagePlanner<LadderStage, LadderPlan> = {
  loads: ({ workloads, areListed, clients, ratesTps }, place) => ({
    choices: workloads.map((choice, i) =>
      areListed === true
        ? placeChoice(choice, ...place, "workloads", i)
        : placeChoice(choice, ...place, "workload"),
    ),
    levels: clientLevels(clients, place),
    leavesRate: ratesTps === null,
  }),
  plan(stage, { index, choices, random, hasFirstLook }) {
    const adaptive = planAdaptiveLadder(stage, index, choices, random);
    if (adaptive === null) {
      const looks = hasFirstLook ? listFirstLooks(stage, index, choices, random) : [];
      return { trials: [...looks, ...listLadderTrials(stage, index, choices, random)] };
    }
    const { precisionShare } = adaptive;
    const question =
      adaptive.kind === "rungs"
        ? { kind: "adaptive-ladder" as const, stage: index, precisionShare }
        : null;
    return { trials: [], adaptive, question, atMost: trialsWithin(kindsOf(adaptive), adaptive) };
  },
  templates: ({ points }) => points,
  tell(stage, { own, rate }) {
    const look = own.find(isFirstLook);
    const first =
      look === undefined
        ? []
        : [`first one trial with ${look.clients} clients, from which the goals are taken`];
    return {
      points:
        stage.precisionShare === null
          ? own.filter((trial) => !isFirstLook(trial)).length / stage.repetitions
          : stage.workloads.length * stage.clients.length * (stage.ratesTps?.length ?? 1),
      repetitions: stage.repetitions,
      lines: [...first, ...linesOf(stage, rate)],
    };
  },
};

function kindsOf(adaptive: LadderPlan): readonly PlanTrial[] {
  const { points } = adaptive;
  const whole = adaptive.kind === "rungs" ? adaptive.whole : null;
  return whole === null ? points : [...points, ...points.map((point) => ({ ...point, ...whole }))];
}

function isFirstLook({ role }: PlanTrial): boolean {
  return role === "first-look";
}

function linesOf(stage: LadderStage, rate: string): string[] {
  const levels =
    stage.ratesTps === null
      ? `closed loop, clients ${stage.clients.join(", ")}`
      : `open loop, ${stage.ratesTps.join(", ")} ${rate} on ${stage.clients.join(", ")} connections`;
  const times = `${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window, ${formatDurationMs(stage.cooldownMs)} cool-down`;
  const between =
    stage.between === "restore"
      ? "the loaded data is restored before each trial that writes"
      : "the data grows from trial to trial, and the growth is recorded";
  return [
    levels,
    `${stage.repetitions} × ${times}`,
    `between trials: ${between}; order: ${stage.order} in blocks`,
    ...(stage.precisionShare === null ? [] : [untilPrecise(stage, stage.precisionShare)]),
  ];
}

function untilPrecise({ adaptive, budgetMs }: LadderStage, precisionShare: number): string {
  const what = adaptive
    ? "trials of a quarter of that go where they are needed, until the best rung is known to"
    : "more repetitions where needed, until every point is known to";
  const limit = budgetMs === null ? "" : `, at most ${formatDurationMs(budgetMs)} of load`;
  return `${what} ±${precisionShare * 100} %${limit}`;
}
