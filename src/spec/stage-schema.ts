import type { z } from "zod";
import type { Choice } from "./choice.ts";
import type { Stage } from "./experiment.ts";

/** The parts that a stage may name, as schemas: a stage does not know which ones there are. */
export interface StageParts {
  readonly workload: z.ZodType<Choice>;
  /** An id alone (`kill-primary`), or a mapping with it as the key. */
  readonly fault: z.ZodType<Choice>;
}

/** A kind of stage as the file has it: its key, and what may stand below it. */
export interface StageSchema<S extends Stage = Stage> {
  readonly kind: string;
  readonly summary: string;
  schema(parts: StageParts): z.ZodType<S>;
}
