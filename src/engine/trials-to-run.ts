import type { AdaptivePlan, Plan, PlanTrial } from "../plan/plan.ts";
import { kindOf } from "../plan/placed-stage.ts";
import { loadMs } from "../record/load-ms.ts";
import type { RecordWriter } from "../record/record-writer.ts";

/** What a stage that is decided on the way wants next. */
export interface SteeringAnswer {
  /** `null`: the stage is done. */
  readonly trial: PlanTrial | null;
  /** A sentence for people. */
  readonly because: string;
}

/**
 * Decides the next trial of a stage from the record alone: the same record, the same answer. So a
 * resumed run decides as the first one would have, and a simulation can replay it.
 *
 * @param kind of the stage
 */
export type Steer = (kind: string, plan: AdaptivePlan) => Promise<SteeringAnswer>;

export interface TrialToRun {
  readonly trial: PlanTrial;
  /** From 1, of `total` at most. */
  readonly number: number;
  readonly total: number;
  /** Load that is still to come, this trial included; at most, where trials are decided on the way. */
  readonly leftMs: number;
}

interface TrialsRequest {
  readonly plan: Plan;
  readonly finished: ReadonlySet<string>;
  readonly writer: RecordWriter;
  readonly steer: Steer;
  /** Decided trials are told as notes. */
  readonly note: (text: string) => void;
  /** A planned trial that is needed once more, although an earlier part of the run finished it. */
  readonly isNeeded: (trial: PlanTrial) => boolean;
}

/** The trials of a run, stage by stage: those that were planned, and those that are decided on the way. */
export async function* trialsToRun(request: TrialsRequest): AsyncGenerator<TrialToRun> {
  const { plan, finished, isNeeded } = request;
  const planned = plan.trials.filter((trial) => !finished.has(trial.id) || isNeeded(trial));
  const stages = [...planned, ...plan.adaptive].map(({ stage }) => stage);
  const budgets = plan.stages.filter(({ isDecidedOnTheWay }) => isDecidedOnTheWay);
  const openTrials = budgets.reduce(
    (sum, { trials, stage }) => sum + trials - countOf(plan, stage),
    0,
  );
  const total = plan.trials.length + openTrials;
  let number = plan.trials.length - planned.length;
  let leftMs =
    planned.reduce((sum, trial) => sum + loadMs(trial), 0) +
    budgets
      .filter(({ stage }) => countOf(plan, stage) === 0)
      .reduce((sum, { estimatedMs }) => sum + estimatedMs, 0);
  const tell = (trial: PlanTrial): TrialToRun => {
    number += 1;
    const told = { trial, number, total, leftMs };
    leftMs = Math.max(0, leftMs - loadMs(trial));
    return told;
  };
  for (const stage of [...new Set(stages)].sort((a, b) => a - b)) {
    for (const trial of planned) if (trial.stage === stage) yield tell(trial);
    for (const adaptive of plan.adaptive) {
      if (adaptive.stage === stage) yield* decidedTrials(adaptive, request, tell);
    }
  }
}

async function* decidedTrials(
  adaptive: AdaptivePlan,
  { plan, writer, steer, note }: TrialsRequest,
  tell: (trial: PlanTrial) => TrialToRun,
): AsyncGenerator<TrialToRun> {
  for (;;) {
    writer.flush();
    const { trial, because } = await steer(kindOf(plan, adaptive.stage), adaptive);
    note(because);
    if (trial === null) return;
    const recorded = writer.manifest.plan;
    // A resumed run decides an interrupted trial again.
    if (!recorded.trials.some(({ id }) => id === trial.id)) {
      writer.update({ plan: { ...recorded, trials: [...recorded.trials, trial] } });
    }
    yield tell(trial);
  }
}

/** Trials of a stage that are planned beforehand. */
function countOf({ trials }: Plan, stage: number): number {
  return trials.filter((trial) => trial.stage === stage).length;
}
