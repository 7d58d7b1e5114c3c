import { defineStage } from "../define-stage.ts";
import { ladderPlanner } from "./plan.ts";
import { ladderSchema } from "./schema.ts";
import { ladderSteerer } from "./steer.ts";

export const ladder = defineStage({ ...ladderSchema, plan: ladderPlanner, steer: ladderSteerer });
