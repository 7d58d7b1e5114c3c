import { isOnCurve } from "../record/is-on-curve.ts";
import type { RunRecord } from "../record/run-record.ts";
import { analyzeCurves } from "./analyze-curve.ts";
import { analyzeTrial } from "./analyze-trial.ts";
import type { Window } from "./evidence-of-window.ts";
import type { Analysis, StageResults, TrialAnalysis } from "./model.ts";
import { observerCost } from "./observer-cost.ts";
import { sampledSpan } from "./sampled-span.ts";
import type { Analysed, StageAnalyses } from "./stage-analysis.ts";
import { trialEvents } from "./trial-events.ts";

/**
 * The numbers of a record: each trial with its validity, each curve with its points, best one and
 * knee, and what each kind of stage found. Pure: the same record gives the same analysis.
 */
export function analyzeRecord(record: RunRecord, stages: StageAnalyses): Analysis {
  const { plan } = record.manifest;
  const trials = plan.trials
    .filter(({ observes }) => observes !== true)
    .map((planned) => analyzeTrial(record, planned));
  const curves = analyzeCurves(
    record,
    trials.filter(({ planned }) => isOnCurve(planned)),
    trials.filter(({ planned }) => planned.role === "first-look"),
  );
  return {
    trials,
    curves,
    objectives: plan.objectives,
    observer: observerCost(record, watched(record, trials)),
    ...analyzeStages(record, { trials, curves }, stages),
  };
}

/** In the order of the list: a kind may look at what those before it found. */
function analyzeStages(record: RunRecord, base: Analysed, stages: StageAnalyses): StageResults {
  let found: Partial<StageResults> = {};
  for (const [name, analyze] of Object.entries(stages)) {
    found = { ...found, [name]: analyze(record, { ...base, ...found }) };
  }
  return found as StageResults;
}

/** Windows of trials, and of what was only watched; of a record without either all that was sampled. */
function watched(record: RunRecord, trials: readonly TrialAnalysis[]): readonly Window[] {
  const observed = record.manifest.plan.trials.filter(({ observes }) => observes === true);
  const windows = [
    ...trials.map(({ window }) => window),
    ...observed.map(({ id }) => trialEvents(record.events, id).window),
  ];
  const span = windows.length === 0 ? sampledSpan(record) : null;
  return span === null ? windows.filter((window) => window !== null) : [span];
}
