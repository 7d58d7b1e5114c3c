import { z } from "zod";
import { choiceByName, choiceOf, emptyAsDefaults, type Choosable } from "./choice.ts";
import type { Stage } from "./experiment.ts";
import { loadSchema } from "./load.ts";
import { objectivesSchema } from "./objectives.ts";
import type { StageParts, StageSchema } from "./stage-schema.ts";

/** What `apiVersion` must be, and is where it is not given. */
export const API_VERSION = "pgdyno.dev/v1alpha1";

/** What an experiment may name; handed in, since the spec does not know the parts. */
export interface KnownParts {
  readonly targets: readonly Choosable[];
  readonly workloads: readonly Choosable[];
  readonly faults: readonly Choosable[];
  /** Every kind of stage; the order is that of the documentation. */
  readonly stages: readonly StageSchema[];
}

/** The whole experiment file. The faults, the JSON Schema and the reference page all come from it. */
export function makeExperimentSchema({ targets, stages, ...parts }: KnownParts) {
  return z.strictObject({
    apiVersion: z
      .literal(API_VERSION)
      .default(API_VERSION)
      .describe("Version of this file's format."),
    kind: z.literal("Experiment").default("Experiment").describe("What the file is."),
    metadata: emptyAsDefaults(
      z.strictObject({
        name: z
          .string()
          .regex(
            /^[a-z0-9][a-z0-9._-]{0,62}$/,
            "must be at most 63 small letters, digits, `-`, `_` or `.`, and begin with a letter or digit",
          )
          .optional()
          .describe("Names the run's folder; the file's name where it is not given."),
      }),
    )
      .prefault({})
      .describe("What the experiment is called."),
    seed: z
      .union([z.string().min(1).max(100), z.int()])
      .optional()
      .describe("Same seed, same order of trials and same random numbers; by default the name."),
    objectives: emptyAsDefaults(objectivesSchema)
      .prefault({})
      .describe("Goals that the run is judged against."),
    target: choiceOf("target", targets).describe("Where PostgreSQL lives."),
    load: loadSchema
      .optional()
      .describe("Where the load runs: in this program where nothing is said, or in workers."),
    stages: z
      .array(stageOf(stages, stageParts(parts)))
      .min(1, "must have at least one stage, such as `- ladder: {…}`")
      .max(100)
      .describe("What is done, in order."),
  });
}

/** What stages may name. */
export function stageParts({
  workloads,
  faults,
}: Pick<KnownParts, "workloads" | "faults">): StageParts {
  return { workload: choiceOf("workload", workloads), fault: choiceByName("fault", faults) };
}

/** `- ladder: {…}`: a mapping with one key, the kind of the stage. */
function stageOf(stages: readonly StageSchema[], parts: StageParts) {
  const kinds = stages.map(({ kind, summary, schema }) => ({
    id: kind,
    summary,
    options: schema(parts),
  }));
  return choiceOf("stage", kinds).transform(({ options }) => options as Stage);
}
