import { defineStage } from "../define-stage.ts";
import { disturbedPlanner } from "../disturbed/plan.ts";
import { disturbedRunner } from "../disturbed/run.ts";
import { failoverSchema } from "./schema.ts";

export const failover = defineStage({
  ...failoverSchema,
  plan: disturbedPlanner,
  run: disturbedRunner,
});
