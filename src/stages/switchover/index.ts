import { defineStage } from "../define-stage.ts";
import { disturbedPlanner } from "../disturbed/plan.ts";
import { disturbedRunner } from "../disturbed/run.ts";
import { switchoverSchema } from "./schema.ts";

export const switchover = defineStage({
  ...switchoverSchema,
  plan: disturbedPlanner,
  run: disturbedRunner,
});
