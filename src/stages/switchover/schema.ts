import { z } from "zod";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";
import {
  checkDisturbedLoad,
  disturbedLoadFields,
  settleDisturbedLoad,
  type DisturbedLoad,
} from "../disturbed/schema.ts";

/** The primary's part handed over in order, under load, again and again. */
export interface SwitchoverStage extends DisturbedLoad {
  readonly kind: "switchover";
}

/** `- switchover: {…}` */
export const switchoverSchema: StageSchema<SwitchoverStage> = {
  kind: "switchover",
  summary: "The primary's part handed over in order under load, several times.",
  schema: ({ workload }) =>
    z
      .strictObject(disturbedLoadFields(workload))
      .superRefine(checkDisturbedLoad, WHERE_MAPPING)
      .transform((given): SwitchoverStage => ({
        kind: "switchover",
        ...settleDisturbedLoad(given),
      })),
};
