import { defineStage } from "../define-stage.ts";
import { syncSurfacePlanner } from "./plan.ts";
import { syncSurfaceSchema } from "./schema.ts";

export const syncSurface = defineStage({ ...syncSurfaceSchema, plan: syncSurfacePlanner });
