import { defineStage } from "../define-stage.ts";
import { ceilingsPlanner } from "./plan.ts";
import { ceilingsRunner } from "./run.ts";
import { ceilingsSchema } from "./schema.ts";
import { ceilingsSteerer } from "./steer.ts";

export const ceilings = defineStage({
  ...ceilingsSchema,
  plan: ceilingsPlanner,
  run: ceilingsRunner,
  steer: ceilingsSteerer,
});
