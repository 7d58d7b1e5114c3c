import type { Random } from "../../../lib/random.ts";
import type { LadderStage } from "../schema.ts";
import type { PlannedChoice } from "../../../plan/planned-choice.ts";
import type { PlanTrial } from "../../../plan/plan.ts";
import { shuffleInBlocks } from "../../../plan/shuffle-trials.ts";
import type { LadderPlan } from "./ladder-plan.ts";
import { listLadderPoints } from "./ladder-points.ts";

/** An adaptive ladder looks often and briefly for the best rung, and measures that one over the whole window. */
const LOOK_SHARE = 1 / 4;
const LOOK_MS_MIN = 2000;
/** Before the first look at an interval; a ladder that was asked for more starts with that. */
const RUNS_MIN = 3;
const RUNS_MAX = 30;

/** Where a ladder's trials are decided on the way: one trial per point to make them of. */
export function planAdaptiveLadder(
  stage: LadderStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
  random: Random,
): LadderPlan | null {
  const { adaptive, precisionShare, budgetMs } = stage;
  if (precisionShare === null) return null;
  const points = listLadderTrials(
    { ...stage, ...(adaptive ? shortened(stage) : {}), repetitions: 1 },
    stageIndex,
    choices,
    random,
  );
  const runsMin = Math.max(RUNS_MIN, stage.repetitions);
  const base = {
    stage: stageIndex,
    precisionShare,
    budgetMs,
    runsMin,
    trialsMax: points.length * Math.max(RUNS_MAX, stage.repetitions),
    points,
  };
  if (!adaptive) return { kind: "blocks", ...base };
  const { warmupMs, windowMs } = stage;
  const isShorter = shortened(stage).windowMs < windowMs;
  return { kind: "rungs", ...base, whole: isShorter ? { warmupMs, windowMs } : null };
}

function shortened({ windowMs, warmupMs }: LadderStage) {
  const shorten = (ms: number) => Math.min(ms, Math.max(LOOK_MS_MIN, Math.round(ms * LOOK_SHARE)));
  return { windowMs: shorten(windowMs), warmupMs: shorten(warmupMs) };
}

/**
 * Before all others, one trial per curve at its highest load: the goals are shares of what it finds. A
 * curve without repetitions has no interval to hold against a goal, and an open loop gets what it asks for.
 */
export function listFirstLooks(
  stage: LadderStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
  random: Random,
): PlanTrial[] {
  if (stage.repetitions < 2) return [];
  const clients = [Math.max(...stage.clients)];
  return listLadderTrials({ ...stage, clients, repetitions: 1 }, stageIndex, choices, random)
    .filter(({ mode }) => mode === "closed")
    .map((trial): PlanTrial => {
      const id = `${trial.curve}-first-look`;
      const seed = random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1);
      return { ...trial, id, seed, role: "first-look" };
    });
}

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
