import { z } from "zod";
import type { Choice } from "../../spec/choice.ts";
import { duration } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";
import { WHERE_MAPPING } from "../../spec/where-mapping.ts";
import {
  checkDisturbedLoad,
  disturbedLoadFields,
  settleDisturbedLoad,
  type DisturbedLoad,
} from "../disturbed/schema.ts";

/** A fault under load, again and again: how long writes were away, and what was lost. */
export interface FailoverStage extends DisturbedLoad {
  readonly kind: "failover";
  readonly fault: Choice;
  /** How long the fault is kept in force; `null` for half of what is left of the trial. */
  readonly holdMs: number | null;
}

/** What most people mean by a failover, where the experiment does not say. */
const DEFAULT_FAULT = "kill-primary";

/** `- failover: {…}` */
export const failoverSchema: StageSchema<FailoverStage> = {
  kind: "failover",
  summary: "A fault under load, several times: RTO and RPO as the clients saw them.",
  schema: ({ workload, fault }) =>
    z
      .strictObject({
        fault: fault
          .prefault(DEFAULT_FAULT)
          .describe(
            "What is broken: a name such as `kill-primary`, or a mapping with its options.",
          ),
        ...disturbedLoadFields(workload),
        hold: duration({ example: "5s" })
          .optional()
          .describe(
            "How long a fault that lasts is kept in force; by default half of what is left of the trial.",
          ),
      })
      .superRefine(checkDisturbedLoad, WHERE_MAPPING)
      .transform((given): FailoverStage => ({
        kind: "failover",
        fault: given.fault,
        holdMs: given.hold ?? null,
        ...settleDisturbedLoad(given),
      })),
};
