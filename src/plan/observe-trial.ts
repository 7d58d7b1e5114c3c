import type { ObserveStage } from "../spec/stages/observe.ts";
import type { PlanTrial } from "./plan.ts";

/** The one time that a stage watches, as a trial: so it has a number, a time left and a place to resume. */
export function observeTrial({ forMs }: ObserveStage, stage: number): PlanTrial {
  const id = `observe-${stage + 1}`;
  return {
    id,
    stage,
    stageKind: "observe",
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
