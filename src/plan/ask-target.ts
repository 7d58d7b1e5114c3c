import type { PartContext } from "../contracts/context.ts";
import type { Target } from "../contracts/target.ts";
import type { ConnectionSlots, TargetAnswer } from "../contracts/target-asks.ts";
import type { Experiment } from "../spec/experiment.ts";
import { writes, type PlannedChoice } from "./planned-choice.ts";
import type { PlacedStage } from "./placed-stage.ts";
import type { NamedVariant } from "./stage-planner.ts";

export interface AskRequest {
  readonly experiment: Experiment;
  readonly target: Target;
  readonly context: PartContext;
  /** True where the run is about to start: then binaries may be fetched, and servers asked. */
  readonly isStart: boolean;
}

/** What the target answered to everything that the experiment asks of it. */
export interface AskedTarget extends Pick<TargetAnswer, "faults" | "warnings"> {
  /** What the server of a stage has for sessions, or of one variant of it; `null` where not known. */
  slotsOf(stage: number, variant: string | null): ConnectionSlots | null;
}

/** Has the target look at what will be asked of it, all at once. */
export async function askTarget(
  { experiment, target, context, isStart }: AskRequest,
  stages: readonly PlacedStage[],
  choices: readonly (readonly PlannedChoice[])[],
): Promise<AskedTarget> {
  const named = listVariants(stages);
  const variants = named.map(({ variant }) => variant);
  const answer = await target.check?.(
    experiment.target.options,
    {
      path: ["target", target.id],
      variants,
      loads: choices.flat().map(({ place, plan }) => ({
        path: place,
        writes: writes(plan),
        tables: plan.tables,
      })),
      isStart,
    },
    context,
  );
  return {
    faults: answer?.faults ?? [],
    warnings: answer?.warnings ?? [],
    slotsOf(stage, variant) {
      const at = named.findIndex((one) => one.stage === stage && one.name === variant);
      return answer?.slots[at + 1] ?? null; // Not found: as the target comes up.
    },
  };
}

function listVariants(
  stages: readonly PlacedStage[],
): readonly (NamedVariant & { readonly stage: number })[] {
  return stages.flatMap(({ stage, index, place, planner }) =>
    (planner.variants?.(stage, place) ?? []).map((variant) => ({ ...variant, stage: index })),
  );
}
