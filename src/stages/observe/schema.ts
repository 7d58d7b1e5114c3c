import { z } from "zod";
import { duration } from "../../spec/quantities.ts";
import type { StageSchema } from "../../spec/stage-schema.ts";

/** The target as it is, without load of ours: whatever else loads it is what is judged. */
export interface ObserveStage {
  readonly kind: "observe";
  /** How long it is watched. */
  readonly forMs: number;
}

/** `- observe: {…}` */
export const observeSchema: StageSchema<ObserveStage> = {
  kind: "observe",
  summary: "Watches the target without load of ours, and says what holds back whatever loads it.",
  schema: () =>
    z
      .strictObject({
        for: duration({ minMs: 1000, example: "60s" })
          .prefault("60s")
          .describe("How long to watch; whole checkpoint cycles tell more."),
      })
      .transform((given): ObserveStage => ({ kind: "observe", forMs: given.for })),
};
