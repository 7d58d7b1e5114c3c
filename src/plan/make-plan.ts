import type { PartContext } from "../contracts/context.ts";
import type { Target } from "../contracts/target.ts";
import type { TargetPlan } from "../contracts/target-plan.ts";
import type { Workload } from "../contracts/workload.ts";
import { randomFrom } from "../lib/random.ts";
import { DynoError } from "../lib/errors.ts";
import type { Experiment } from "../spec/experiment.ts";
import type { Locate } from "../spec/parse-experiment.ts";
import { checkPlan } from "./check-plan.ts";
import { warnOfNoLook, warnOfReloads, warnOfShortWindows } from "./warn-of-plan.ts";
import { estimateDisk, estimateMemory } from "./estimate-needs.ts";
import { listPhases } from "./list-phases.ts";
import type { Plan, PlannedDataset, PlanTrial } from "./plan.ts";
import { writes, type PlannedChoice } from "./planned-choice.ts";
import { refuseFaults, tellWarnings } from "./remarks.ts";
import { shareCalibrations } from "./share-calibrations.ts";
import { aftermathMs, type PlacedStage, placeStage } from "./placed-stage.ts";
import { highestLevel, type PlacedChoice } from "./stage-loads.ts";
import type { PlannableStage } from "./stage-planner.ts";
import { summarizeStage } from "./summarize-stage.ts";
import { tellWorkers } from "./tell-workers.ts";
import { toJson } from "./to-json.ts";

export interface PlanRequest {
  readonly experiment: Experiment;
  /** The target that the experiment names. */
  readonly target: Target;
  /** All workloads that there are; those that the experiment names are found by id. */
  readonly workloads: readonly Workload[];
  /** Every kind of stage that there is. */
  readonly stages: readonly PlannableStage[];
  readonly context: PartContext;
  /** Sessions that pgdyno has of its own on the server that is loaded; none where nothing is run. */
  readonly ownSessions?: number;
  /** True where the run is about to start: then binaries may be fetched, and servers asked. */
  readonly isStart?: boolean;
  /** Where remarks belong in the text that the experiment was read from; absent where it is from none. */
  readonly source?: { readonly file: string; readonly locate: Locate };
}

/**
 * What the experiment will do: trials in order, data, time, disk, memory. Touches nothing.
 *
 * The same experiment with the same seed gives the same plan, but for what the machine has free.
 */
export async function makePlan(request: PlanRequest): Promise<Plan> {
  const { experiment, target, context } = request;
  const { seed, objectives } = experiment;
  const targetPlan = await target.plan(experiment.target.options, context);
  const stages = experiment.stages.map((stage, i) => placeStage(stage, i, request.stages));
  const choices = await planChoices(stages, request, targetPlan);
  const planned = shareCalibrations(
    stages.map(({ stage, index, planner }) =>
      planner.plan(stage, {
        index,
        choices: choices[index]!,
        random: randomFrom(seed).fork(`stage/${index}`),
        target: targetPlan,
        hasFirstLook: objectives.ofFirstLook !== undefined,
      }),
    ),
  );
  const atMost = planned.flatMap((stage) => stage.atMost ?? stage.trials);
  const datasets = listDatasets(atMost, choices.flat());
  const phases = listPhases({
    trials: atMost,
    datasets,
    targetPlan,
    aftermathMs: (trial) => aftermathMs(stages[trial.stage]!, trial),
  });
  const disk = await estimateDisk({
    datasets,
    target: targetPlan,
    trials: atMost,
    stages: request.stages,
  });
  const quick = warnOfShortWindows(atMost, targetPlan);
  const { ownSessions = 0, isStart = false } = request;
  const asking = { ...request, ownSessions, isStart };
  const remarks = await checkPlan({
    request: asking,
    stages,
    choices,
    targetPlan,
    datasets,
    disk,
  });
  refuseFaults(remarks.faults, request.source);
  const questions = planned.flatMap(({ question }) => question ?? []);
  const { budget: _, ...goals } = objectives;
  return {
    name: experiment.name,
    seed,
    target: {
      id: target.id,
      summary: targetPlan.summary,
      options: toJson(experiment.target.options),
    },
    trials: planned.flatMap(({ trials }) => trials),
    adaptive: planned.flatMap(({ adaptive }) => adaptive ?? []),
    datasets,
    stages: stages.map((placed, i) =>
      summarizeStage({
        placed,
        planned: planned[i]!,
        choices: choices[i]!,
        datasets,
        target: targetPlan,
      }),
    ),
    workers: tellWorkers(experiment.load, atMost, { isSimulated: target.simulated === true }),
    phases,
    disk,
    memory: estimateMemory(datasets, targetPlan),
    needs: [...new Set(choices.flat().flatMap(({ plan }) => plan.needs))],
    warnings: [
      ...new Set([
        ...tellWarnings(quick, request.source),
        ...tellWarnings(
          [...warnOfReloads(datasets), ...warnOfNoLook(objectives, atMost), ...remarks.warnings],
          request.source,
        ),
      ]),
    ],
    objectives: goals,
    loads: Object.fromEntries(choices.flat().map(({ choice: { id }, kind }) => [id, kind])),
    quick: quick.length > 0,
    writes: choices.flat().some(({ plan }) => writes(plan)),
    estimatedMs: phases.reduce((sum, { estimatedMs }) => sum + estimatedMs, 0),
    ...(questions.length === 0 ? {} : { questions }),
  };
}

/** Per stage the workloads with their plans. */
function planChoices(
  stages: readonly PlacedStage[],
  { experiment, workloads }: PlanRequest,
  target: TargetPlan,
): Promise<PlannedChoice[][]> {
  const experimentDirectory = experiment.directory;
  const planOne = async (
    { choice, place }: PlacedChoice,
    stage: PlacedStage,
  ): Promise<PlannedChoice> => {
    const workload = workloads.find(({ id }) => id === choice.id);
    if (workload === undefined) throw new Error(`There is no workload \`${choice.id}\`.`);
    const maxClients = highestLevel(stage.loads)?.clients ?? 0;
    const about = { target, maxClients, experimentDirectory };
    const plan = await workload.plan(choice.options, about);
    if (plan.meanRateTps !== undefined) requireFreeRate(stage, choice.id);
    const { resource, unit } = workload;
    return { choice, plan, place, kind: { resource, unit } };
  };
  return Promise.all(
    stages.map((stage) => Promise.all(stage.loads.choices.map((choice) => planOne(choice, stage)))),
  );
}

/** @throws {DynoError} USAGE where the stage wants to set a rate that the workload sets by itself */
function requireFreeRate({ stage, loads }: PlacedStage, workload: string): void {
  if (loads.leavesRate === true) return;
  throw new DynoError("USAGE", {
    message: `\`${workload}\` brings a profile of its rate over time, and the \`${stage.kind}\` stage sets the rate itself.`,
    hint: "Write the profile into a `ladder` without `rates`, or leave it out.",
  });
}

function listDatasets(
  trials: readonly PlanTrial[],
  choices: readonly PlannedChoice[],
): PlannedDataset[] {
  const used = trials.filter(({ dataset }) => dataset !== null);
  const keys = new Set(used.map(({ dataset }) => dataset!));
  return [...keys].map((key) => {
    const { choice, plan } = choices.find(({ plan }) => plan.dataset?.key === key)!;
    const { summary, estimatedBytes, estimatedMs } = plan.dataset!;
    return {
      key,
      title: summary,
      workload: choice.id,
      options: plan.settledOptions,
      estimatedBytes,
      estimatedMs,
      loads: countLoads(used, key),
      kept: trials.some(({ dataset, between }) => dataset === key && between === "restore"),
    };
  });
}

/** How often it is loaded: each server holds one dataset at a time. */
function countLoads(trials: readonly PlanTrial[], key: string): number {
  const holds = new Map<number | null, string>();
  let loads = 0;
  for (const { dataset, version = null } of trials) {
    if (dataset === key && holds.get(version) !== key) loads += 1;
    holds.set(version, dataset!);
  }
  return loads;
}
