import { defineStage } from "../define-stage.ts";
import { searchPlanner } from "./plan.ts";
import { searchSchema } from "./schema.ts";
import { searchSteerer } from "./steer.ts";

export const search = defineStage({ ...searchSchema, plan: searchPlanner, steer: searchSteerer });
