import { analyzeTrial } from "../analysis/analyze-trial.ts";
import type { AdaptivePlan } from "../plan/plan.ts";
import { finishedTrials } from "../record/finished-trials.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { StageSteerer, TrialDecision, TrialDigest } from "./stage-steerer.ts";

/** Digests by trial, so that none is worked out twice. Holds only what the record gives again. */
export type DigestMemory = Map<string, TrialDigest>;

/**
 * Decides the next trial of a stage from the record alone. Pure: the same record gives the same trial
 * with the same id and seed. Of trials that `memory` knows the record need not hold the latencies.
 */
export function decideTrial(
  plan: AdaptivePlan,
  steerer: StageSteerer,
  record: RunRecord,
  memory: DigestMemory = new Map(),
): TrialDecision {
  const ended = finishedTrials(record.events);
  const done = record.manifest.plan.trials
    .filter((trial) => trial.stage === plan.stage && ended.has(trial.id))
    .map((trial) => {
      const digest = memory.get(trial.id) ?? digestTrial(record, trial, steerer);
      memory.set(trial.id, digest);
      return digest;
    });
  return steerer.decide(plan, { record, done });
}

function digestTrial(
  record: RunRecord,
  planned: PlannedTrial,
  { digest }: StageSteerer,
): TrialDigest {
  const trial = analyzeTrial(record, planned);
  const { throughputTps, validity } = trial;
  const plain = { planned, throughputTps, isInvalid: validity.is === "invalid" };
  return digest?.(trial, plain, record) ?? plain;
}
