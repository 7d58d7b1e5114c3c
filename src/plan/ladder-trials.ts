import type { Random } from "../lib/random.ts";
import type { LadderStage } from "../spec/stages/ladder.ts";
import { listLadderPoints, type PlannedChoice } from "./ladder-points.ts";
import type { PlanTrial } from "./plan.ts";
import { shuffleInBlocks } from "./shuffle-trials.ts";

/** Every repetition of every point, shuffled in blocks. */
export function listLadderTrials(
  stage: LadderStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
  random: Random,
): PlanTrial[] {
  const points = listLadderPoints(stage, stageIndex, choices);
  const blocks = shuffleInBlocks(points, stage.repetitions, random.fork("order"));
  return blocks.flatMap((block, i) =>
    block.map((point): PlanTrial => {
      const id = `${point.point}-r${i + 1}`;
      return {
        id,
        stage: stageIndex,
        stageKind: stage.kind,
        ...point,
        repetition: i + 1,
        seed: random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1),
        warmupMs: stage.warmupMs,
        windowMs: stage.windowMs,
        cooldownMs: stage.cooldownMs,
        between: stage.between,
      };
    }),
  );
}
