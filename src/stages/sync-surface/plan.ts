import type { TargetPlan } from "../../contracts/target-plan.ts";
import { formatDurationMs } from "../../lib/units.ts";
import { clientLevels, placeChoice } from "../../plan/stage-loads.ts";
import type { StagePlanner } from "../../plan/stage-planner.ts";
import { disturbedAftermathMs, withLedger } from "../disturbed/plan.ts";
import { listSurfacePoints } from "./plan/surface-points.ts";
import { listSurfaceTrials, surfaceQuestion } from "./plan/surface-trials.ts";
import type { SyncSurfaceStage } from "./schema.ts";

export const syncSurfacePlanner: StagePlanner<SyncSurfaceStage> = {
  loads: ({ workload, clients }, place) => ({
    choices: [placeChoice(withLedger(workload), ...place, "workload")],
    levels: clientLevels(clients, place),
  }),
  plan(stage, { index, choices, random, target }) {
    const scene = { choice: choices[0]!, points: listSurfacePoints(stage, target) };
    return {
      trials: listSurfaceTrials(stage, index, scene, random),
      question: surfaceQuestion(index, scene),
    };
  },
  tell(stage, { own, target }) {
    const points = new Set(own.map(({ point }) => point)).size;
    return { points, repetitions: own.length / points, lines: linesOf(stage, target) };
  },
  aftermathMs: disturbedAftermathMs,
};

function linesOf(stage: SyncSurfaceStage, target: TargetPlan): string[] {
  const { points, leftOut } = listSurfacePoints(stage, target);
  const names = points.map(({ name }) => name).join(", ");
  const broken = [
    ...(stage.standbyLoss ? ["a synchronous standby stopped"] : []),
    ...(stage.failover ? ["the primary killed"] : []),
  ];
  return [
    `points: ${names} (synchronous_commit, who confirms, added round trip); durability ${stage.dataDurability}`,
    `each ${stage.repetitions} × closed loop of ${stage.clients} clients, ${formatDurationMs(stage.warmupMs)} warm-up, ${formatDurationMs(stage.windowMs)} window, shuffled in blocks; every write in a ledger`,
    ...(broken.length === 0
      ? ["nothing is broken: no RTO, no RPO"]
      : [
          `then each ${stage.trials} × ${formatDurationMs(stage.warmupMs + stage.disturbedMs)} at ${stage.loadShare * 100} % of what that point reached, with ${broken.join("; and again with ")} at an instant drawn from the seed`,
          `after each: at most ${formatDurationMs(stage.recoveryLimitMs)} until redundancy is whole, then every acknowledged write is looked for`,
        ]),
    ...leftOut.map(({ what, because }) => `not ${what}: ${because}`),
  ];
}
