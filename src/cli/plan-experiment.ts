import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { NO_OBJECTIVES, type RunManifest } from "../record/format.ts";
import type { Experiment, Stage } from "../spec/experiment.ts";
import { parseExperimentOrThrow } from "../spec/parse-experiment.ts";
import { CATALOG } from "./catalog.ts";
import { findExperiment, type ExperimentFile } from "./find-experiment.ts";
import { type GoalsGiven, replaceGoals } from "./goals-given.ts";
import { makePlanContext } from "./plan-context.ts";

export interface PlannedExperiment {
  readonly source: ExperimentFile;
  readonly experiment: Experiment;
  /** The file's text with secrets struck out. */
  readonly struckText: string;
  readonly plan: Plan;
}

/** What the command line puts in place of the experiment's own; `undefined` keeps that. */
export interface Given extends GoalsGiven {
  readonly seed?: string | undefined;
}

/**
 * From a file or a built-in's name to a plan.
 *
 * @throws {DynoError} EXPERIMENT_NOT_FOUND, SPEC_INVALID, what the parts say of their options.
 */
export async function planExperiment(
  nameOrFile: string,
  given: Given = {},
): Promise<PlannedExperiment> {
  return planText(await findExperiment(nameOrFile), given);
}

/**
 * The same from a text that is already here.
 *
 * @throws {DynoError} SPEC_INVALID, what the parts say of their options.
 */
export async function planText(
  source: ExperimentFile,
  given: Given = {},
): Promise<PlannedExperiment> {
  const { experiment, struckText } = parseExperimentOrThrow({ ...source, ...CATALOG });
  return planParsed(source, struckText, {
    ...experiment,
    seed: given.seed ?? experiment.seed,
    objectives: replaceGoals(experiment.objectives, given),
  });
}

async function planParsed(
  source: ExperimentFile,
  struckText: string,
  experiment: Experiment,
): Promise<PlannedExperiment> {
  return { source, experiment, struckText, plan: await planOf(experiment) };
}

/** The experiment of a record, or its file where the record hides a secret; its seed and goals as they were. */
export async function planRecorded({
  experimentText: text,
  experimentFile: file,
  plan: { seed, objectives },
}: RunManifest): Promise<PlannedExperiment> {
  const source = text.includes("***")
    ? await findExperiment(file)
    : { text, file, isBuiltIn: false };
  const { experiment, struckText } = parseExperimentOrThrow({ ...source, ...CATALOG });
  const { budget } = experiment.objectives;
  return planParsed(source, struckText, {
    ...experiment,
    seed,
    objectives: { ...objectives, budget },
  });
}

/** Other stages on the same target, under another name, and without its objectives. */
export async function planStages(
  planned: PlannedExperiment,
  name: string,
  stages: readonly Stage[],
): Promise<PlannedExperiment> {
  const objectives = { ...NO_OBJECTIVES, budget: null };
  const experiment = { ...planned.experiment, name, stages, objectives };
  return { ...planned, experiment, plan: await planOf(experiment) };
}

function planOf(experiment: Experiment): Promise<Plan> {
  const { targets, workloads } = CATALOG;
  const target = targets.find(({ id }) => id === experiment.target.id);
  if (target === undefined) throw new Error(`There is no target \`${experiment.target.id}\`.`);
  const context = makePlanContext(experiment.seed);
  return makePlan({ experiment, target, workloads, context });
}
