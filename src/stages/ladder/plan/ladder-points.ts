import type { Json } from "../../../record/json.ts";
import type { LoadMode } from "../../../record/planned-trial.ts";
import type { LadderStage } from "../schema.ts";
import type { WorkloadPlan } from "../../../contracts/workload.ts";
import {
  shortTitle,
  slug,
  tellReadsOnly,
  type PlannedChoice,
} from "../../../plan/planned-choice.ts";
import { toPlainJson } from "../../../plan/to-json.ts";

/** A point of a ladder: one curve at one load level. */
export interface LadderPoint {
  readonly dataset: string | null;
  readonly curve: string;
  readonly curveTitle: string;
  readonly point: string;
  readonly workload: string;
  readonly workloadOptions: Json;
  readonly mode: LoadMode;
  readonly clients: number;
  readonly rateTps: number | null;
  readonly readsOnly?: boolean;
}

/** Every point of the ladder, in the order of the file. */
export function listLadderPoints(
  stage: LadderStage,
  stageIndex: number,
  choices: readonly PlannedChoice[],
): LadderPoint[] {
  const curves = nameCurves(stageIndex, choices);
  const titles = choices.map(({ choice, plan }) =>
    choices.filter((other) => other.plan.title === plan.title).length > 1
      ? `${plan.title} (${choice.id})`
      : plan.title,
  );
  return choices.flatMap(({ choice, plan }, i) =>
    stage.clients.flatMap((clients) =>
      (stage.ratesTps ?? [null]).map((givenTps): LadderPoint => {
        const level = givenTps === null ? `c${clients}` : `${givenTps}tps`;
        const rateTps = givenTps ?? ownRateTps(plan, stage);
        return {
          dataset: plan.dataset?.key ?? null,
          curve: curves[i]!,
          curveTitle: titles[i]!,
          point: `${curves[i]!}-${level}`,
          workload: choice.id,
          workloadOptions: toPlainJson(plan.settledOptions),
          mode: rateTps === null ? "closed" : "open",
          clients,
          rateTps,
          ...tellReadsOnly(plan),
        };
      }),
    ),
  );
}

/** Of a workload that changes its rate by itself: the mean over the window; else `null`. */
function ownRateTps(plan: WorkloadPlan, { warmupMs, windowMs }: LadderStage): number | null {
  const meanTps = plan.meanRateTps?.(warmupMs, warmupMs + windowMs);
  return meanTps === undefined ? null : Math.round(meanTps * 1000) / 1000;
}

/** `ladder-1-tpcb-like`: the first words of the title, with a number where two would be the same. */
function nameCurves(stageIndex: number, choices: readonly PlannedChoice[]): string[] {
  const used = new Set<string>();
  return choices.map(({ choice, plan }) => {
    const short = slug(shortTitle(plan)) || choice.id;
    const stem = `ladder-${stageIndex + 1}-${short}`;
    let curve = stem;
    for (let n = 2; used.has(curve); n += 1) curve = `${stem}-${n}`;
    used.add(curve);
    return curve;
  });
}
