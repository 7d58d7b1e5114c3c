import type { TargetPlan } from "../contracts/target.ts";
import type { Random } from "../lib/random.ts";
import type { StageQuestion } from "../record/format.ts";
import type { Stage } from "../spec/experiment.ts";
import type { CompareStage } from "../spec/stages/compare.ts";
import { compareQuestion, listCompareTrials, settleVariants } from "./compare-trials.ts";
import { planCeilings } from "./ceiling-trials.ts";
import { listDisturbedTrials } from "./disturbed-trials.ts";
import type { PlannedChoice } from "./ladder-points.ts";
import { listFirstLooks, listLadderTrials, planAdaptiveLadder } from "./ladder-trials.ts";
import { listSurfacePoints } from "./surface-points.ts";
import type { AdaptivePlan, PlanTrial } from "./plan.ts";
import { observeTrial } from "./observe-trial.ts";
import { listRecoveryTrials, recoveryQuestion } from "./recovery-trials.ts";
import { listSurfaceTrials, surfaceQuestion } from "./surface-trials.ts";
import { planSearch } from "./search-plan.ts";

/** A stage as the plan has it: its trials, or how they will be decided, and what they are to answer. */
export interface PlannedStage {
  readonly trials: readonly PlanTrial[];
  readonly adaptive: AdaptivePlan | null;
  readonly question: StageQuestion | null;
}

export function planStage(
  stage: Stage,
  index: number,
  choices: readonly PlannedChoice[],
  {
    random,
    target,
    hasFirstLook,
  }: {
    readonly random: Random;
    readonly target: TargetPlan;
    /** Goals are shares of what a first look finds. */
    readonly hasFirstLook: boolean;
  },
): PlannedStage {
  switch (stage.kind) {
    case "ladder": {
      const adaptive = planAdaptiveLadder(stage, index, choices, random);
      if (adaptive === null) {
        const looks = hasFirstLook ? listFirstLooks(stage, index, choices, random) : [];
        return fixed([...looks, ...listLadderTrials(stage, index, choices, random)]);
      }
      const { precisionShare } = adaptive;
      const question =
        adaptive.kind === "rungs"
          ? { kind: "adaptive-ladder" as const, stage: index, precisionShare }
          : null;
      return { trials: [], adaptive, question };
    }
    case "search":
      return { trials: [], ...planSearch(stage, index, choices[0]!, random) };
    case "compare":
      return planCompare(settleVariants(stage, target), index, choices, random);
    case "ceilings":
      return planCeilings(stage, index, choices, { random, target });
    case "failover":
    case "switchover":
      return fixed(listDisturbedTrials(stage, index, choices[0]!, random));
    case "observe":
      return fixed([observeTrial(stage, index)]);
    case "recovery":
      return {
        ...fixed(listRecoveryTrials(stage, index, choices[0]!, random)),
        question: recoveryQuestion(stage, index, choices[0]!),
      };
    case "sync-surface": {
      const points = listSurfacePoints(stage, target);
      return {
        ...fixed(listSurfaceTrials(stage, index, { choice: choices[0]!, points }, random)),
        question: surfaceQuestion(stage, index, { choice: choices[0]!, points }),
      };
    }
  }
}

function planCompare(
  stage: CompareStage,
  index: number,
  choices: readonly PlannedChoice[],
  random: Random,
): PlannedStage {
  const question = compareQuestion(stage, index, choices);
  return { ...fixed(listCompareTrials(stage, index, choices, random)), question };
}

function fixed(trials: readonly PlanTrial[]): PlannedStage {
  return { trials, adaptive: null, question: null };
}

/**
 * The most that a stage may do, as trials to reckon time and data with: those that are planned, or as
 * many as its limits let it decide on. An adaptive stage mostly ends long before.
 */
export function trialsAtMost({ trials, adaptive }: PlannedStage): readonly PlanTrial[] {
  if (adaptive === null) return trials;
  if (adaptive.kind === "ceilings") return [...trials, adaptive.forecast];
  const kinds = kindsOf(adaptive);
  const eachMs = kinds.reduce((sum, trial) => sum + loadMs(trial), 0) / kinds.length;
  const { trialsMax, budgetMs } = adaptive;
  const affordable = budgetMs === null ? trialsMax : Math.floor(budgetMs / eachMs);
  const count = Math.max(1, Math.min(trialsMax, affordable));
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!);
}

function kindsOf(adaptive: Exclude<AdaptivePlan, { kind: "ceilings" }>): readonly PlanTrial[] {
  if (adaptive.kind === "search") return [adaptive.open];
  const { points } = adaptive;
  const whole = adaptive.kind === "rungs" ? adaptive.whole : null;
  return whole === null ? points : [...points, ...points.map((point) => ({ ...point, ...whole }))];
}

function loadMs({ warmupMs, windowMs, cooldownMs }: PlanTrial): number {
  return warmupMs + windowMs + cooldownMs;
}
