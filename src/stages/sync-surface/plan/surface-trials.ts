import type { Random } from "../../../lib/random.ts";
import type { StageQuestion } from "../../../record/format.ts";
import type { PlannedDisturbance } from "../../../record/planned-trial.ts";
import type { SyncSurfaceStage } from "../schema.ts";
import { disturbanceAt } from "../../disturbed/plan.ts";
import { shortTitle, type PlannedChoice } from "../../../plan/planned-choice.ts";
import type { PlanTrial } from "../../../plan/plan.ts";
import { shuffleInBlocks } from "../../../plan/shuffle-trials.ts";
import type { SurfacePoint, SurfacePoints } from "./surface-points.ts";
import { toPlainJson } from "../../../plan/to-json.ts";

interface SurfaceScene {
  readonly choice: PlannedChoice;
  readonly points: SurfacePoints;
}

/** What is broken at a point, and the fault that does it. */
const LOSSES = { failover: "kill-primary", "standby-loss": "stop-standby" } as const;

/**
 * The undisturbed trials of every point, shuffled in blocks, and then those in which something breaks:
 * what a failover leaves behind must not be measured as a level's cost.
 */
export function listSurfaceTrials(
  stage: SyncSurfaceStage,
  stageIndex: number,
  { choice: { choice, plan }, points: { points } }: SurfaceScene,
  random: Random,
): PlanTrial[] {
  const curve = `sync-surface-${stageIndex + 1}`;
  const dataset = plan.dataset?.key ?? null;
  const trialOf = ({ name, replication }: SurfacePoint, suffix: string) => {
    const id = `${curve}-${name}-${suffix}`;
    return {
      id,
      stage: stageIndex,
      stageKind: stage.kind,
      curve,
      curveTitle: shortTitle(plan),
      point: `${curve}-${name}`,
      workload: choice.id,
      workloadOptions: toPlainJson(plan.settledOptions),
      clients: stage.clients,
      seed: random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1),
      warmupMs: stage.warmupMs,
      cooldownMs: 0,
      dataset,
      between: "keep" as const,
      replication,
    };
  };
  const shuffled = (times: number, fork: string) =>
    shuffleInBlocks(
      points.map((point) => ({ ...point, dataset })),
      times,
      random.fork(fork),
    ).flatMap((block, i) => block.map((point) => ({ point, repetition: i + 1 })));

  const undisturbed = shuffled(stage.repetitions, "order").map(
    ({ point, repetition }): PlanTrial => ({
      ...trialOf(point, `r${repetition}`),
      repetition,
      mode: "closed",
      rateTps: null,
      windowMs: stage.windowMs,
    }),
  );
  const disturbed = (kind: keyof typeof LOSSES) =>
    shuffled(stage.trials, kind)
      .filter(({ point }) => kind === "failover" || point.replication.number !== null)
      .map(({ point, repetition }): PlanTrial => {
        const trial = trialOf(point, `${kind}-r${repetition}`);
        return {
          ...trial,
          repetition,
          mode: "open",
          rateTps: null,
          rateShare: stage.loadShare,
          windowMs: stage.disturbedMs,
          disturbance: disturbanceOf(stage, LOSSES[kind], random.fork(`phase/${trial.id}`)),
        };
      });
  return [
    ...undisturbed,
    ...(stage.standbyLoss ? disturbed("standby-loss") : []),
    ...(stage.failover ? disturbed("failover") : []),
  ];
}

export function surfaceQuestion(
  stageIndex: number,
  { choice, points }: SurfaceScene,
): StageQuestion {
  const title = shortTitle(choice.plan);
  return { kind: "sync-surface", stage: stageIndex, title, leftOut: points.leftOut };
}

function disturbanceOf(
  { warmupMs, disturbedMs: windowMs, recoveryLimitMs }: SyncSurfaceStage,
  fault: string,
  random: Random,
): PlannedDisturbance {
  const at = disturbanceAt({ warmupMs, windowMs }, random);
  return {
    kind: "failover",
    fault,
    faultOptions: fault === "kill-primary" ? { which: "postmaster" } : {},
    atMs: at.atMs,
    holdMs: at.holdMs,
    recoveryLimitMs,
  };
}
