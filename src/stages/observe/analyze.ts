import { trialEvents } from "../../analysis/trial-events.ts";
import type { RunRecord } from "../../record/run-record.ts";
import type { ObservationAnalysis } from "./model.ts";

/** Every time in which a run only watched, in the order of the experiment. */
export function analyzeObservations({ manifest, events }: RunRecord): ObservationAnalysis[] {
  return manifest.plan.trials.flatMap(({ id, stage, observes }) =>
    observes === true
      ? [{ stage, title: `watched in stage ${stage + 1}`, window: trialEvents(events, id).window }]
      : [],
  );
}
