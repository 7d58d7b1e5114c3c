import { formatDurationMs } from "../../lib/units.ts";
import type { PlanTrial } from "../../plan/plan.ts";
import type { StagePlanner } from "../../plan/stage-planner.ts";
import type { ObserveStage } from "./schema.ts";

export const observePlanner: StagePlanner<ObserveStage> = {
  plan: (stage, { index }) => ({ trials: [observeTrial(stage, index)] }),
  tell: ({ forMs }) => ({
    points: 1,
    repetitions: 1,
    lines: [
      `watches for ${formatDurationMs(forMs)} whatever else loads the target; puts no load on, writes nothing`,
    ],
  }),
};

/** The one time that a stage watches, as a trial: so it has a number, a time left and a place to resume. */
function observeTrial({ forMs, kind }: ObserveStage, stage: number): PlanTrial {
  const id = `observe-${stage + 1}`;
  return {
    id,
    stage,
    stageKind: kind,
    curve: id,
    curveTitle: "watched",
    point: id,
    repetition: 1,
    workload: "none",
    workloadOptions: {},
    mode: "open",
    clients: 0,
    rateTps: null,
    seed: 0,
    warmupMs: 0,
    windowMs: forMs,
    cooldownMs: 0,
    observes: true,
    dataset: null,
    between: "keep",
  };
}
