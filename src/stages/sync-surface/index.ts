import { defineStage } from "../define-stage.ts";
import { syncSurfacePlanner } from "./plan.ts";
import { disturbedRunner } from "../disturbed/run.ts";
import { syncSurfaceSchema } from "./schema.ts";

export const syncSurface = defineStage({
  ...syncSurfaceSchema,
  plan: syncSurfacePlanner,
  run: disturbedRunner,
});
