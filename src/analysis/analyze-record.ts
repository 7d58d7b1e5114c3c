import { isOnCurve } from "../record/is-on-curve.ts";
import type { RunRecord } from "../record/run-record.ts";
import { analyzeCurves } from "./analyze-curve.ts";
import { analyzeFailovers } from "./failover/analyze-failovers.ts";
import { analyzeTrial } from "./analyze-trial.ts";
import type { Analysis } from "./model.ts";
import { trialEvents } from "./trial-events.ts";
import type { Window } from "./evidence-of-window.ts";
import { observerCost } from "./observer-cost.ts";
import { sampledSpan } from "./sampled-span.ts";
import { analyzeCeilings } from "./ceilings/analyze-ceilings.ts";
import { analyzeComparisons } from "./compare/analyze-comparison.ts";
import { analyzeRecoveries } from "./recovery/analyze-recovery.ts";
import { analyzeSurfaces } from "./surface/analyze-surfaces.ts";
import { analyzeSearches } from "./search/analyze-search.ts";

/**
 * The numbers of a record: each trial with its validity, each curve with its points, best one and
 * knee. Pure: the same record gives the same analysis.
 */
export function analyzeRecord(record: RunRecord): Analysis {
  const { plan } = record.manifest;
  const trials = plan.trials
    .filter(({ observes }) => observes !== true)
    .map((planned) => analyzeTrial(record, planned));
  const curves = analyzeCurves(
    record,
    trials.filter(({ planned }) => isOnCurve(planned)),
    trials.filter(({ planned }) => planned.role === "first-look"),
  );
  const searches = analyzeSearches(record, trials);
  const observations = plan.trials.flatMap(({ id, stage, observes }) =>
    observes === true
      ? [{ stage, title: `watched in stage ${stage + 1}`, ...windowOf(record, id) }]
      : [],
  );
  return {
    trials,
    curves,
    objectives: plan.objectives,
    observer: observerCost(record, watched(record, [...trials, ...observations])),
    failovers: analyzeFailovers(record, trials),
    recoveries: analyzeRecoveries(record, trials),
    searches,
    comparisons: analyzeComparisons(record, trials),
    observations,
    ceilings: analyzeCeilings(record, { trials, curves, searches }),
    surfaces: analyzeSurfaces(record, trials),
  };
}

/** Windows of trials and stages; of a record without either all that was sampled. */
function watched(
  record: RunRecord,
  parts: readonly { readonly window: Window | null }[],
): readonly Window[] {
  const windows = parts.flatMap(({ window }) => (window === null ? [] : [window]));
  const span = parts.length === 0 ? sampledSpan(record) : null;
  return span === null ? windows : [span];
}

function windowOf({ events }: RunRecord, trial: string) {
  return { window: trialEvents(events, trial).window };
}
