import type { FieldPath } from "../lib/field-path.ts";
import type { Stage } from "../spec/experiment.ts";
import type { Plan, PlanTrial } from "./plan.ts";
import type { StageLoads } from "./stage-loads.ts";
import type { PlannableStage, StagePlanner } from "./stage-planner.ts";

/** A stage of the experiment, with whoever knows how to plan it. */
export interface PlacedStage {
  readonly stage: Stage;
  readonly index: number;
  readonly place: FieldPath;
  readonly planner: StagePlanner;
  readonly loads: StageLoads;
}

const NO_LOADS: StageLoads = { choices: [], levels: [] };

export function placeStage(
  stage: Stage,
  index: number,
  kinds: readonly PlannableStage[],
): PlacedStage {
  const found = kinds.find(({ kind }) => kind === stage.kind);
  if (found === undefined) throw new Error(`There is no stage \`${stage.kind}\`.`);
  const { plan: planner } = found;
  const place = ["stages", index, stage.kind];
  return { stage, index, place, planner, loads: planner.loads?.(stage, place) ?? NO_LOADS };
}

/** From the end of this trial's load until the next one may begin. */
export function aftermathMs({ planner }: PlacedStage, trial: PlanTrial): number {
  return planner.aftermathMs?.(trial) ?? 0;
}

/** The kind of this stage of a plan. */
export function kindOf({ stages }: Plan, index: number): string {
  return stages.find(({ stage }) => stage === index)!.kind;
}
