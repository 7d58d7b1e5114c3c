import type { z } from "zod";
import type { Choice } from "./choice.ts";

/** A kind of stage: its key in the file, and what may stand below it. One file per kind in `stages/`. */
export interface StageDefinition<Stage> {
  readonly kind: string;
  readonly summary: string;
  /** Is handed the schema of a workload, since it does not know which ones there are. */
  schema(workload: z.ZodType<Choice>): z.ZodType<Stage>;
}
