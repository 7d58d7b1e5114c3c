import { defineStage } from "../define-stage.ts";
import { searchPlanner } from "./plan.ts";
import { searchSchema } from "./schema.ts";

export const search = defineStage({ ...searchSchema, plan: searchPlanner });
