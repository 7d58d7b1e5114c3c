import { z } from "zod";
import { makeExperimentSchema, type KnownParts } from "./experiment-schema.ts";

/** The experiment file as JSON Schema 2020-12, for editors: what may be written, not what it becomes. */
export function makeJsonSchema(parts: KnownParts): Record<string, unknown> {
  const schema = z.toJSONSchema(makeExperimentSchema(parts), {
    io: "input",
    unrepresentable: "any",
  });
  return { ...schema, title: "pgdyno experiment" };
}
