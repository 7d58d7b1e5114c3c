import { z } from "zod";
import type { StageDefinition } from "../stage-definition.ts";
import {
  checkDisturbedLoad,
  disturbedLoadFields,
  settleDisturbedLoad,
  WHERE_MAPPING,
  type DisturbedLoad,
} from "./disturbed-load.ts";

/** The primary's part handed over in order, under load, again and again. */
export interface SwitchoverStage extends DisturbedLoad {
  readonly kind: "switchover";
}

/** `- switchover: {…}` */
export const switchover: StageDefinition<SwitchoverStage> = {
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
