import path from "node:path";
import { sessionsPerServer } from "../sampling/lanes.ts";
import { makePlan, type PlanRequest } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { NO_OBJECTIVES, type RunManifest } from "../record/format.ts";
import type { Experiment, Stage } from "../spec/experiment.ts";
import { parseExperimentOrThrow } from "../spec/parse-experiment.ts";
import { CATALOG } from "./catalog.ts";
import { findExperiment, type ExperimentFile } from "./find-experiment.ts";
import { type GoalsGiven, replaceGoals } from "./goals-given.ts";
import { makePlanContext } from "./plan-context.ts";

/** The run is about to start: what a plan only looks at may be fetched and asked now. */
export interface RunStart {
  /** Tells what takes its time. */
  say(text: string): void;
}

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
  start?: RunStart,
): Promise<PlannedExperiment> {
  return planText(await findExperiment(nameOrFile), given, start);
}

/**
 * The same from a text that is already here.
 *
 * @throws {DynoError} SPEC_INVALID, what the parts say of their options.
 */
export async function planText(
  source: ExperimentFile,
  given: Given = {},
  start?: RunStart,
): Promise<PlannedExperiment> {
  return planParsed(source, start, (experiment) => ({
    ...experiment,
    seed: given.seed ?? experiment.seed,
    objectives: replaceGoals(experiment.objectives, given),
  }));
}

/** @param replace puts what the experiment does not say itself in its place */
async function planParsed(
  source: ExperimentFile,
  start: RunStart | undefined,
  replace: (experiment: Experiment) => Experiment,
): Promise<PlannedExperiment> {
  const { locate, struckText, experiment: own } = parseExperimentOrThrow({ ...source, ...CATALOG });
  const experiment = replace(own);
  // Of a built-in experiment nobody cares where its file lies.
  const file = source.isBuiltIn ? path.basename(source.file) : source.file;
  const place = { file, locate };
  return {
    source,
    experiment,
    struckText,
    plan: await planOf(experiment, { start, source: place }),
  };
}

/** The experiment of a record, or its file where the record hides a secret; its seed and goals as they were. */
export async function planRecorded(
  { experimentText: text, experimentFile: file, plan: { seed, objectives } }: RunManifest,
  start?: RunStart,
): Promise<PlannedExperiment> {
  const source = text.includes("***")
    ? await findExperiment(file)
    : { text, file, isBuiltIn: false };
  return planParsed(source, start, (experiment) => {
    const { budget } = experiment.objectives;
    return { ...experiment, seed, objectives: { ...objectives, budget } };
  });
}

/** Other stages on the same target, under another name, and without its objectives. */
export async function planStages(
  planned: PlannedExperiment,
  name: string,
  stages: readonly Stage[],
  start?: RunStart,
): Promise<PlannedExperiment> {
  const objectives = { ...NO_OBJECTIVES, budget: null };
  const experiment = { ...planned.experiment, name, stages, objectives };
  return { ...planned, experiment, plan: await planOf(experiment, { start }) };
}

/** Sessions of pgdyno's own beside the load: probes, control, and one for questions in between. */
const OWN_SESSIONS = sessionsPerServer(CATALOG.probes) + 2;

interface PlanOptions {
  readonly start: RunStart | undefined;
  readonly source?: PlanRequest["source"];
}

function planOf(experiment: Experiment, { start, source }: PlanOptions): Promise<Plan> {
  const { targets, workloads, stages } = CATALOG;
  const target = targets.find(({ id }) => id === experiment.target.id);
  if (target === undefined) throw new Error(`There is no target \`${experiment.target.id}\`.`);
  const context = makePlanContext(experiment.seed, start?.say);
  return makePlan({
    experiment,
    target,
    workloads,
    stages,
    context,
    ownSessions: OWN_SESSIONS,
    isStart: start !== undefined,
    ...(source === undefined ? {} : { source }),
  });
}
