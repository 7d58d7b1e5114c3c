import type { TargetPlan } from "../../../contracts/target-plan.ts";
import type { Random } from "../../../lib/random.ts";
import type { StageQuestion } from "../../../record/format.ts";
import type { CompareStage } from "../schema.ts";
import { tellReadsOnly, type PlannedChoice } from "../../../plan/planned-choice.ts";
import type { PlanTrial } from "../../../plan/plan.ts";
import { shuffleInBlocks } from "../../../plan/shuffle-trials.ts";
import { toPlainJson } from "../../../plan/to-json.ts";

/**
 * Pairs of the first variant with itself, then the variants: in each block every one once, in an order
 * of its own, so that a machine that drifts does so for all alike.
 */
export function listCompareTrials(
  stage: CompareStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
  random: Random,
): PlanTrial[] {
  const blocks = random.fork("order");
  const ofVariant = (index: number) => variantTrial(stage, stageIndex, choices, index);
  const controls = range(stage.controlPairs).flatMap((pair) =>
    blocks.shuffle(["first", "second"]).map((half): PlanTrial => {
      const curve = `compare-${stageIndex + 1}-control`;
      const point = `${curve}-${half}`;
      const title = `${stage.variants[0]!.name} against itself`;
      return {
        ...ofVariant(0),
        role: "control",
        curve,
        curveTitle: title,
        point,
        repetition: pair,
      };
    }),
  );
  const variants = stage.variants.map((_, index) => ofVariant(index));
  const compared = shuffleInBlocks(variants, stage.pairs, blocks).flatMap((block, i) =>
    block.map((trial): PlanTrial => ({ ...trial, repetition: i + 1 })),
  );
  return [...controls, ...compared].map((trial) => {
    const id = `${trial.point}-r${trial.repetition}`;
    return { ...trial, id, seed: random.fork(`trial/${id}`).integer(1, 2 ** 31 - 1) };
  });
}

function variantTrial(
  stage: CompareStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
  index: number,
): PlanTrial {
  const { name, parameters, version } = stage.variants[index]!;
  const { choice, plan } = choices[index]!;
  const curve = `compare-${stageIndex + 1}-${name}`;
  return {
    id: "",
    stage: stageIndex,
    stageKind: stage.kind,
    curve,
    curveTitle: `${plan.title} (${name})`,
    point: `${curve}-c${stage.clients}${stage.rateTps === null ? "" : `-${stage.rateTps}tps`}`,
    repetition: 1,
    workload: choice.id,
    workloadOptions: toPlainJson(plan.settledOptions),
    mode: stage.rateTps === null ? "closed" : "open",
    clients: stage.clients,
    rateTps: stage.rateTps,
    ...tellReadsOnly(plan),
    seed: 1,
    warmupMs: stage.warmupMs,
    windowMs: stage.windowMs,
    cooldownMs: stage.cooldownMs,
    dataset: plan.dataset?.key ?? null,
    between: stage.between,
    variant: name,
    parameters,
    ...(version === null ? {} : { version }),
  };
}

/** The settings of every variant as the target will have them. */
export function settleVariants(stage: CompareStage, target: TargetPlan): CompareStage {
  const settle = (given: Readonly<Record<string, string>>) =>
    target.settleParameters?.(given) ?? given;
  const variants = stage.variants.map((variant) => ({
    ...variant,
    parameters: settle(variant.parameters),
  }));
  return { ...stage, variants };
}

/** What the stage asks of these trials together. */
export function compareQuestion(
  stage: CompareStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
): StageQuestion {
  return {
    kind: "compare",
    stage: stageIndex,
    title: choices[0]!.plan.title,
    variants: stage.variants.map(({ name, parameters, version }, i) => ({
      name,
      parameters,
      ...(version === null ? {} : { version }),
      workload: choices[i]!.plan.title,
    })),
    pairs: stage.pairs,
    controlPairs: stage.controlPairs,
  };
}

/** 1, 2, … */
function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
