import type { TargetPlan } from "../../contracts/target-plan.ts";
import type { FieldPath } from "../../lib/field-path.ts";
import { formatDurationMs } from "../../lib/units.ts";
import { type LoadLevel, placeChoice } from "../../plan/stage-loads.ts";
import type { StagePlanner } from "../../plan/stage-planner.ts";
import { compareQuestion, listCompareTrials, settleVariants } from "./plan/compare-trials.ts";
import type { CompareStage, StageVariant } from "./schema.ts";

export const comparePlanner: StagePlanner<CompareStage> = {
  loads: (stage, place) => ({
    choices: stage.variants.map((variant) => {
      const { workload } = variant;
      return workload === null
        ? placeChoice(stage.workload, ...place, "workload")
        : placeChoice(workload, ...placeOf(variant, stage, place), "workload");
    }),
    levels: stage.variants.map((variant) => levelOf(variant, stage, place)),
  }),
  plan(given, { index, choices, random, target }) {
    const stage = settleVariants(given, target);
    return {
      trials: listCompareTrials(stage, index, choices, random),
      question: compareQuestion(stage, index, choices),
    };
  },
  tell: (stage, { target, rate }) => ({
    points: stage.variants.length,
    repetitions: stage.pairs,
    lines: linesOf(stage, target, rate),
  }),
  /** Those that ask for more than another load. */
  variants: (stage, place) =>
    stage.variants
      .filter(({ parameters, version }) => version !== null || Object.keys(parameters).length > 0)
      .map((variant) => {
        const { name, parameters, version } = variant;
        const path = placeOf(variant, stage, place);
        return { name, variant: { version, parameters, path } };
      }),
};

/** `a` and `b`, or by name under `variants`. */
function placeOf(
  { name }: StageVariant,
  { areNamed = false }: CompareStage,
  place: FieldPath,
): FieldPath {
  return [...place, ...(areNamed ? ["variants"] : []), name];
}

function levelOf(variant: StageVariant, stage: CompareStage, place: FieldPath): LoadLevel {
  const level = { clients: stage.clients, place: [...place, "clients"], variant: variant.name };
  if (variant.parameters["max_connections"] === undefined) return level;
  const limitPlace = [...placeOf(variant, stage, place), "parameters", "max_connections"];
  return { ...level, limitPlace };
}

function linesOf(stage: CompareStage, target: TargetPlan, rate: string): string[] {
  const settled = settleVariants(stage, target).variants;
  const variants = stage.variants.map(({ name, parameters, version }, i) => {
    const changes = [
      ...(version === null ? [] : [`PostgreSQL ${version}`]),
      ...Object.entries(settled[i]!.parameters).map(([key, value]) =>
        value === parameters[key] ? `${key} = ${value}` : `${key} = ${value} (${parameters[key]})`,
      ),
    ];
    return `${name}: ${changes.length === 0 ? "as the target is" : changes.join(", ")}`;
  });
  const load =
    stage.rateTps === null
      ? `closed loop, ${stage.clients} clients`
      : `open loop, ${stage.rateTps} ${rate} on ${stage.clients} connections`;
  return [
    load,
    ...variants,
    `${stage.controlPairs} pairs of ${stage.variants[0]!.name} with itself, then ${stage.pairs} blocks of every variant, shuffled; ${formatDurationMs(stage.windowMs)} windows`,
  ];
}
