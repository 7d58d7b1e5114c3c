import type { TrialAnalysis } from "../analysis/model.ts";
import type { AdaptivePlan, PlanTrial } from "../plan/plan.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";

/** How a kind of stage decides its trials on the way. Pure: the same record, the same trial. */
export interface StageSteerer<
  Plan extends AdaptivePlan = AdaptivePlan,
  Digest extends TrialDigest = TrialDigest,
> {
  /** What a trial that has ended counts for; absent: its throughput and whether it is valid, as in `plain`. */
  digest?(trial: TrialAnalysis, plain: TrialDigest, record: RunRecord): Digest;
  decide(plan: Plan, scene: SteerScene<Digest>): TrialDecision;
}

/** A kind of stage as steering needs it. */
export interface SteeredStage {
  readonly kind: string;
  /** Absent: no trial of it is decided on the way. */
  readonly steer?: StageSteerer;
}

export interface SteerScene<Digest extends TrialDigest = TrialDigest> {
  readonly record: RunRecord;
  /** Trials of the stage that have ended, in the order in which they were decided. */
  readonly done: readonly Digest[];
}

/** The next trial of a stage, or that it is done, and why. */
export interface TrialDecision {
  readonly trial: PlanTrial | null;
  readonly because: string;
}

/** What a trial that has ended counts for. */
export interface TrialDigest {
  readonly planned: PlannedTrial;
  readonly throughputTps: number | null;
  readonly isInvalid: boolean;
}
