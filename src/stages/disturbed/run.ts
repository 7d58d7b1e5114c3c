import { runTrial } from "../../engine/run-trial.ts";
import { whyNoFault, type StageRunner } from "../../engine/stage-runner.ts";
import { DynoError } from "../../lib/errors.ts";
import { runDisturbedTrial } from "./run/run-disturbed-trial.ts";

/** For every stage that disturbs some of its trials. */
export const disturbedRunner: StageRunner = {
  run(trial, scene) {
    const { disturbance } = trial;
    const workload = scene.workloadOf(trial);
    if (disturbance === undefined) return runTrial(trial, workload, scene);
    const { cluster } = scene.target;
    if (cluster === undefined) throw clusterMissing(trial.stageKind, scene.writer.manifest.name);
    return runDisturbedTrial({ ...trial, disturbance }, workload, { ...scene, cluster });
  },
  whyNot(trials, { handle, target, faults }) {
    const planned = trials.flatMap(({ disturbance }) => disturbance ?? []);
    if (planned.length > 0 && handle.cluster === undefined) {
      return Promise.resolve(clusterMissing(trials[0]!.stageKind, target));
    }
    return whyNoFault(
      planned.map(({ fault }) => fault),
      handle,
      faults,
    );
  },
};

function clusterMissing(stage: string, target: string): DynoError {
  return new DynoError("CLUSTER_MISSING", { stage, target });
}
