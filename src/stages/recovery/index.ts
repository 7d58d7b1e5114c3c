import { defineStage } from "../define-stage.ts";
import { recoveryPlanner } from "./plan.ts";
import { recoveryRunner } from "./run.ts";
import { recoverySchema } from "./schema.ts";

export const recovery = defineStage({
  ...recoverySchema,
  plan: recoveryPlanner,
  run: recoveryRunner,
});
