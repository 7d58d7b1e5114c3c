import type { StageRunner } from "../../engine/stage-runner.ts";
import { whyNoCeilings } from "./run/ceilings-possible.ts";
import { runCeilingTrial } from "./run/run-ceiling-trial.ts";

export const ceilingsRunner: StageRunner = {
  run: (trial, scene) =>
    runCeilingTrial({ ...trial, ceiling: trial.ceiling! }, scene.workloadOf(trial), scene),
  whyNot: whyNoCeilings,
};
