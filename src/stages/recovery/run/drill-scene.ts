import type { Workload, WorkloadOutcome } from "../../../contracts/workload.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import type { MeasuredRecovery } from "../../../record/events.ts";
import type { PlannedRecovery, PlannedTrial } from "../../../record/planned-trial.ts";
import type { TrialScene } from "../../../engine/trial-scene.ts";

/** A trial in which something is recovered. */
export type RecoveryTrial = PlannedTrial & { readonly recovery: PlannedRecovery };

export interface DrillScene extends TrialScene {
  readonly trial: RecoveryTrial;
  readonly workload: Workload;
  /** A superuser in the database under test, at the primary of that moment. */
  readonly admin: () => Endpoint;
}

/** What a drill gives back: its times, when it went on, and what the load before it did. */
export interface Drilled {
  readonly recovery: MeasuredRecovery;
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: WorkloadOutcome;
}
