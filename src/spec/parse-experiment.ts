import { basename, dirname, resolve } from "node:path";
import type { Remark } from "../contracts/remark.ts";
import { DynoError } from "../lib/errors.ts";
import type { Experiment } from "./experiment.ts";
import { makeExperimentSchema, type KnownParts } from "./experiment-schema.ts";
import { renderFault, type Fault } from "./fault.ts";
import { makeDescriptionFinder } from "./find-description.ts";
import { readSourceText } from "./source-text.ts";
import { keepKnownKeys, tellIssues } from "./tell-issues.ts";

/** A text and the file that it came from; the file is named in faults, and never read. */
export interface ExperimentSource extends KnownParts {
  readonly text: string;
  readonly file: string;
}

/** Finds the place of a remark in the text of an experiment. */
export type Locate = (remark: Remark) => Fault;

/** The experiment, or everything that is wrong with its text. */
export type ParsedExperiment =
  | {
      readonly experiment: Experiment;
      /** The text with secrets struck out, for the record. */
      readonly struckText: string;
      /** Where in the text a remark belongs, and the line there. */
      readonly locate: Locate;
    }
  | { readonly faults: readonly Fault[] };

/** Reads an experiment. All faults at once, in the order of the file; never throws for a text. */
export function parseExperiment({ text, file, ...parts }: ExperimentSource): ParsedExperiment {
  return makeExperimentParser(parts)(text, file);
}

/** `parseExperiment` for many texts: building the schema takes longer than reading a text. */
export function makeExperimentParser(
  parts: KnownParts,
): (text: string, file: string) => ParsedExperiment {
  const schema = makeExperimentSchema(parts);
  const describe = makeDescriptionFinder(schema);
  return (text, file) => parseBySchema({ schema, describe }, text, file);
}

function parseBySchema(
  {
    schema,
    describe,
  }: {
    readonly schema: ReturnType<typeof makeExperimentSchema>;
    readonly describe: ReturnType<typeof makeDescriptionFinder>;
  },
  text: string,
  file: string,
): ParsedExperiment {
  const source = readSourceText(text, file);
  if (source.syntaxFaults.length > 0) return { faults: source.syntaxFaults };
  if (source.value === null || source.value === undefined) {
    const message = "The file is empty; an experiment needs at least `target` and `stages`.";
    return { faults: [source.faultAt([], "value", { message, didYouMean: null })] };
  }
  const parsed = schema.safeParse(source.value, { error: keepKnownKeys });
  if (!parsed.success) return { faults: tellIssues(parsed.error.issues, { ...source, describe }) };
  const { metadata, seed, objectives, target, load, stages } = parsed.data;
  const name = metadata.name ?? nameAfter(file);
  return {
    experiment: {
      name,
      seed: String(seed ?? name),
      objectives,
      target,
      load: load ?? null,
      stages,
      directory: resolve(dirname(file)),
    },
    struckText: source.struckText,
    locate: ({ path, at, message, didYouMean }) =>
      source.faultAt(path, at, { message, didYouMean }),
  };
}

/**
 * Reads an experiment that must be right.
 *
 * @throws {DynoError} SPEC_INVALID with every fault in its text.
 */
export function parseExperimentOrThrow(
  source: ExperimentSource,
): Extract<ParsedExperiment, { experiment: Experiment }> {
  const parsed = parseExperiment(source);
  if ("experiment" in parsed) return parsed;
  throw specInvalid(source.file, parsed.faults);
}

/** The error that tells all of a file's faults, each with its place and its line. */
export function specInvalid(file: string, faults: readonly Fault[]): DynoError {
  return new DynoError("SPEC_INVALID", {
    file,
    count: faults.length,
    faults: faults.length === 1 ? "fault" : "faults",
    list: faults.map(renderFault).join("\n"),
  });
}

/** `My Test.yaml` gives `my-test`. */
function nameAfter(file: string): string {
  const stem = basename(file).replace(/\.(ya?ml|json)$/i, "");
  const safe = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
  return safe.slice(0, 63) || "experiment";
}
