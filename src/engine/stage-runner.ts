import type { Fault } from "../contracts/fault.ts";
import type { Instance } from "../contracts/instance.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import type { Workload } from "../contracts/workload.ts";
import { DynoError } from "../lib/errors.ts";
import type { PlanTrial } from "../plan/plan.ts";
import { runTrial } from "./run-trial.ts";
import type { TrialScene } from "./trial-scene.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";

/** How a kind of stage carries out its trials, where that is more than to load and to measure. */
export interface StageRunner {
  /**
   * Absent: load for warm-up, window and cool-down. @throws what the load or the target threw, after it is
   * written down; the signal's reason.
   */
  run?(trial: PlanTrial, scene: StageScene): Promise<void>;
  /** Why these trials, all of one stage, cannot be carried out here; asked before any data is loaded. `null`: they can. */
  whyNot?(trials: readonly PlanTrial[], scene: StageNeeds): Promise<DynoError | null>;
  /** True where a trial ends every session, the engine's own too: it connects again after each. */
  readonly endsSessions?: boolean;
}

/** A kind of stage as the engine needs it. */
export interface RunnableStage {
  readonly kind: string;
  /** Absent: its trials load and measure, and no more. */
  readonly run?: StageRunner;
}

/** What a trial is carried out with. */
export interface StageScene extends TrialScene {
  readonly faults: readonly Fault[];
  /** A session beside the sampler's. */
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
  readonly workloadOf: (trial: PlanTrial) => Workload;
}

/** What trials are to be carried out on. */
export interface StageNeeds {
  readonly handle: TargetHandle;
  /** Id of the target. */
  readonly target: string;
  readonly faults: readonly Fault[];
  readonly isSimulated: boolean;
}

/** Why one of these faults cannot be applied here, each asked once; `null` stands for none. */
export async function whyNoFault(
  ids: readonly (string | null)[],
  handle: TargetHandle,
  faults: readonly Fault[],
): Promise<DynoError | null> {
  for (const id of new Set(ids)) {
    if (id === null) continue;
    const fault = faults.find((one) => one.id === id);
    if (fault === undefined) throw new Error(`There is no fault \`${id}\`.`);
    const because = await fault.whyNot(handle);
    if (because !== null) return new DynoError("FAULT_NOT_POSSIBLE", { fault: id, because });
  }
  return null;
}

/** Carries a trial out as its kind of stage has it. */
export function runStageTrial(
  trial: PlanTrial,
  runner: StageRunner,
  scene: StageScene,
): Promise<void> {
  return runner.run?.(trial, scene) ?? runTrial(trial, scene.workloadOf(trial), scene);
}

/** Of the stage that the trial is of. */
export function runnerOf(
  stages: readonly RunnableStage[],
  { stageKind }: Pick<PlanTrial, "stageKind">,
): StageRunner {
  return stages.find(({ kind }) => kind === stageKind)?.run ?? {};
}

/** @throws {DynoError} where a stage cannot be carried out on this target */
export async function refuseImpossible(
  trials: readonly PlanTrial[],
  stages: readonly RunnableStage[],
  needs: StageNeeds,
): Promise<void> {
  for (const stage of new Set(trials.map((trial) => trial.stage))) {
    const own = trials.filter((trial) => trial.stage === stage);
    const error = await runnerOf(stages, own[0]!).whyNot?.(own, needs);
    if (error !== undefined && error !== null) throw error;
  }
}
