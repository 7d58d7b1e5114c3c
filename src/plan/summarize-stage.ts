import { formatDurationMs } from "../lib/units.ts";
import type { Stage } from "../spec/experiment.ts";
import type { FailoverStage } from "../spec/stages/failover.ts";
import type { LadderStage } from "../spec/stages/ladder.ts";
import type { SwitchoverStage } from "../spec/stages/switchover.ts";
import type { PlannedChoice } from "./ladder-points.ts";
import { aftermathMs, restoreMs } from "./list-phases.ts";
import type { PlannedDataset, PlanTrial, StageSummary } from "./plan.ts";
import { toJson } from "./to-json.ts";

/** A stage for people: its loads, its levels, how often, how long. */
export function summarizeStage(
  stage: Stage,
  index: number,
  choices: readonly PlannedChoice[],
  all: { readonly trials: readonly PlanTrial[]; readonly datasets: readonly PlannedDataset[] },
): StageSummary {
  const trials = all.trials.filter((trial) => trial.stage === index);
  const repetitions = stage.kind === "ladder" ? stage.repetitions : stage.trials;
  return {
    stage: index,
    kind: stage.kind,
    workloads: choices.map(({ choice, plan }) => ({
      id: choice.id,
      title: plan.title,
      options: toJson(plan.settledOptions),
    })),
    lines: stage.kind === "ladder" ? linesOfLadder(stage) : linesOfDisturbed(stage),
    points: stage.kind === "ladder" ? trials.length / repetitions : 1,
    repetitions,
    trials: trials.length,
    estimatedMs: trials.reduce(
      (sum, trial) => sum + trialMs(trial) + restoreMs(trial, all.datasets) + aftermathMs(trial),
      0,
    ),
  };
}

function linesOfLadder(stage: LadderStage): string[] {
  const levels =
    stage.ratesTps === null
      ? `closed loop, clients ${stage.clients.join(", ")}`
      : `open loop, ${stage.ratesTps.join(", ")} tps on ${stage.clients.join(", ")} connections`;
  const times = `${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window, ${formatDurationMs(stage.cooldownMs)} cool-down`;
  const between =
    stage.between === "restore"
      ? "the loaded data is restored before each trial that writes"
      : "the data grows from trial to trial, and the growth is recorded";
  return [
    levels,
    `${stage.repetitions} × ${times}`,
    `between trials: ${between}; order: ${stage.order} in blocks`,
  ];
}

function linesOfDisturbed(stage: FailoverStage | SwitchoverStage): string[] {
  const rate =
    "share" in stage.load
      ? `${Math.round(stage.load.share * 100)} % of what it reaches undisturbed, measured before`
      : `${stage.load.rateTps} tps`;
  const what = stage.kind === "failover" ? `fault ${stage.fault.id}` : "switchover";
  return [
    `open loop, ${rate}, on ${stage.clients} connections; every write in a ledger`,
    `${stage.trials} × ${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} load with one ${what} at an instant drawn from the seed`,
    `after each: at most ${formatDurationMs(stage.recoveryLimitMs)} until redundancy is whole, then every acknowledged write is looked for`,
  ];
}

function trialMs({ warmupMs, windowMs, cooldownMs }: PlanTrial): number {
  return warmupMs + windowMs + cooldownMs;
}
