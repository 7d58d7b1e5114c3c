import type { PlanTrial } from "./plan.ts";
import type { PlannedStage } from "./stage-planner.ts";

/**
 * Measures once what several stages take a share of: a stage whose load an earlier one calibrates, with
 * the same options on as many connections, has no calibration of its own.
 */
export function shareCalibrations(stages: readonly PlannedStage[]): PlannedStage[] {
  const known = new Map<string, number>();
  return stages.map((planned) => {
    const calibration = planned.trials.find(({ calibrates }) => calibrates === true);
    if (calibration === undefined) return planned;
    const load = loadOf(calibration);
    const from = known.get(load);
    if (from === undefined) {
      known.set(load, calibration.stage);
      return planned;
    }
    const others = planned.trials.filter((trial) => trial !== calibration);
    return { ...planned, trials: others.map((trial) => takeRateFrom(trial, from)) };
  });
}

function takeRateFrom(trial: PlanTrial, stage: number): PlanTrial {
  return trial.rateShare === undefined ? trial : { ...trial, rateFromStage: stage };
}

function loadOf({ workload, workloadOptions, clients, dataset }: PlanTrial): string {
  return JSON.stringify([workload, workloadOptions, clients, dataset]);
}
