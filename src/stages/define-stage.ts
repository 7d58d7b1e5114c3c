import type { StageRunner } from "../engine/stage-runner.ts";
import type { StagePlanner } from "../plan/stage-planner.ts";
import type { Stage } from "../spec/experiment.ts";
import type { StageSchema } from "../spec/stage-schema.ts";
import type { StageSteerer } from "../steering/stage-steerer.ts";

/** A kind of stage: everything that is known of it, one file per role in a folder of its own. */
export interface StageDefinition<S extends Stage = Stage> extends StageSchema<S> {
  readonly plan: StagePlanner<S>;
  /** Absent: its trials load and measure, and no more. */
  readonly run?: StageRunner;
  /** Absent: no trial of it is decided on the way. */
  readonly steer?: StageSteerer;
}

/** Gives the kind of stage back typed. */
export function defineStage<S extends Stage>(stage: StageDefinition<S>): StageDefinition<S> {
  return stage;
}
