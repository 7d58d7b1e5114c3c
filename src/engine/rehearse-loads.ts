import type { TargetHandle } from "../contracts/target-handle.ts";
import type { RehearsalError } from "../contracts/rehearsal.ts";
import type { ErrorSeen } from "../contracts/workload.ts";
import { DynoError } from "../lib/errors.ts";
import { explainScriptError, tellScriptError } from "../lib/script-error-text.ts";
import type { Plan, PlanTrial } from "../plan/plan.ts";
import { kindOf } from "../plan/placed-stage.ts";
import type { PlannableStage } from "../plan/stage-planner.ts";
import type { RunScene } from "./run-scene.ts";
import type { ServerKeeper } from "./server-keeper.ts";
import { workloadOf } from "./workload-of.ts";

export interface Rehearser {
  /**
   * The data of this trial is there: every load that works on it is tried once, those of later trials
   * too, so that the last script's slip shows before the first window.
   *
   * @throws {DynoError} SCRIPT_FAILS where a script cannot work.
   */
  ready(trial: PlanTrial): Promise<void>;
}

interface RehearserScene {
  readonly request: RunScene;
  readonly handle: TargetHandle;
  readonly server: Pick<ServerKeeper, "version">;
  /** Every load that the run may put on. */
  readonly loads: readonly PlanTrial[];
}

export function rehearser(scene: RehearserScene): Rehearser {
  const { server, loads } = scene;
  const done = new Set<string>();
  return {
    async ready(trial) {
      if (trial.observes === true) return;
      const failures: RehearsalError[] = [];
      for (const load of loads) {
        if (load.dataset !== trial.dataset) continue;
        // Another version of the server may lack what this one has.
        const key = JSON.stringify([server.version(), load.workload, load.workloadOptions]);
        if (done.has(key)) continue;
        done.add(key);
        failures.push(...(await rehearse(load, scene)));
      }
      if (failures.length > 0) throw cannotWork(failures);
    },
  };
}

/** Every load that a run may put on: of these trials, and of those that stages still decide for. */
export function loadsOf(
  plan: Plan,
  stages: readonly PlannableStage[],
  trials: readonly PlanTrial[],
): PlanTrial[] {
  const decidedLater = plan.adaptive.flatMap((adaptive) => {
    const kind = kindOf(plan, adaptive.stage);
    return stages.find((stage) => stage.kind === kind)?.plan.templates?.(adaptive) ?? [];
  });
  return [...trials, ...decidedLater].filter(({ observes }) => observes !== true);
}

/** @returns the errors that are sure to meet every transaction. */
async function rehearse(
  load: PlanTrial,
  { request, handle }: RehearserScene,
): Promise<RehearsalError[]> {
  const { context, writer, progress, signal } = request;
  const workload = workloadOf(request, load);
  if (workload.rehearse === undefined) return [];
  progress.say(`tries ${load.curveTitle} once`);
  const { errors, notes } = await workload.rehearse({
    ...context,
    target: handle,
    options: load.workloadOptions,
    seed: load.seed,
    signal,
  });
  if (errors.length + notes.length > 0) {
    writer.event({
      kind: "dry-pass",
      atMs: context.clock.now(),
      workload: load.curveTitle,
      errors: errors.map(withoutJudgement),
      notes,
    });
  }
  for (const note of notes) progress.warn(note);
  for (const error of errors) {
    if (!error.isCertain) progress.warn(`Tried once before the load: ${tellScriptError(error)}.`);
  }
  return errors.filter(({ isCertain }) => isCertain);
}

function withoutJudgement(error: RehearsalError): ErrorSeen {
  const { sqlState, message, hint, script, line, statement } = error;
  return { sqlState, message, hint, script, line, statement };
}

function cannotWork(errors: readonly RehearsalError[]): DynoError {
  const scripts = new Set(errors.map(({ script }) => script)).size;
  return new DynoError("SCRIPT_FAILS", {
    scripts: scripts === 1 ? "a script of the load fails" : `${scripts} scripts of the load fail`,
    list: errors.map(explainScriptError).join("\n"),
  });
}
