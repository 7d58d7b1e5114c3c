import { defineStage } from "../define-stage.ts";
import { comparePlanner } from "./plan.ts";
import { compareSchema } from "./schema.ts";

export const compare = defineStage({ ...compareSchema, plan: comparePlanner });
