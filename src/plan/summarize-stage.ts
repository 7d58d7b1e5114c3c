import { loadMs } from "../record/load-ms.ts";
import { commonRate } from "../record/load-kind.ts";
import type { TargetPlan } from "../contracts/target-plan.ts";
import { restoreMs } from "./list-phases.ts";
import type { PlannedDataset, StageSummary } from "./plan.ts";
import type { PlannedChoice } from "./planned-choice.ts";
import { aftermathMs, type PlacedStage } from "./placed-stage.ts";
import type { PlannedStage } from "./stage-planner.ts";
import { toJson } from "./to-json.ts";

interface SummaryScene {
  readonly placed: PlacedStage;
  readonly planned: PlannedStage;
  readonly choices: readonly PlannedChoice[];
  readonly datasets: readonly PlannedDataset[];
  readonly target: TargetPlan;
}

/** A stage for people: its loads, its levels, how often, how long. */
export function summarizeStage(scene: SummaryScene): StageSummary {
  const { placed, planned, choices, datasets, target } = scene;
  const { stage, index, planner } = placed;
  const own = planned.atMost ?? planned.trials;
  const { points, repetitions, lines } = planner.tell(stage, {
    own,
    target,
    rate: commonRate(choices.map(({ kind }) => kind.unit)),
  });
  return {
    stage: index,
    kind: stage.kind,
    workloads: choices.map(({ choice, plan }) => ({
      id: choice.id,
      title: plan.title,
      options: toJson(plan.settledOptions),
    })),
    lines,
    points,
    repetitions,
    trials: own.length,
    isDecidedOnTheWay: (planned.adaptive ?? null) !== null,
    estimatedMs: own.reduce(
      (sum, trial) => sum + loadMs(trial) + restoreMs(trial, datasets) + aftermathMs(placed, trial),
      0,
    ),
  };
}
