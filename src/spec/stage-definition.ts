import type { z } from "zod";
import type { Choice } from "./choice.ts";

/** The parts that a stage may name, as schemas: a stage does not know which ones there are. */
export interface StageParts {
  readonly workload: z.ZodType<Choice>;
  /** An id alone (`kill-primary`), or a mapping with it as the key. */
  readonly fault: z.ZodType<Choice>;
}

/** A kind of stage: its key in the file, and what may stand below it. One file per kind in `stages/`. */
export interface StageDefinition<Stage> {
  readonly kind: string;
  readonly summary: string;
  schema(parts: StageParts): z.ZodType<Stage>;
}
