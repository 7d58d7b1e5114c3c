import { defineStage } from "../define-stage.ts";
import { observePlanner } from "./plan.ts";
import { observeRunner } from "./run.ts";
import { observeSchema } from "./schema.ts";

export const observe = defineStage({ ...observeSchema, plan: observePlanner, run: observeRunner });
