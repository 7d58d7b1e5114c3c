import { UNIT_WORDS } from "../record/load-kind.ts";
import { evidenceOf } from "../analysis/evidence-of-window.ts";
import type { Evidence } from "../analysis/evidence.ts";
import type { Analysis, CurveAnalysis, PointAnalysis, TrialAnalysis } from "../analysis/model.ts";
import { surfaceLoads } from "./surface-loads.ts";
import { sampledSpan } from "../analysis/sampled-span.ts";
import type { RunRecord } from "../record/run-record.ts";
import { JUDGED_POINTS_ABOVE } from "../analysis/thresholds.ts";

/** Repetitions of one load, that a rule is asked about together. */
export interface JudgedLoad {
  /** `tpcb-like, 16 clients`; `null` for a plain observation. */
  readonly at: string | null;
  readonly windows: readonly Evidence[];
}

/**
 * The windows that findings rest on: of each curve the point with the highest throughput, and its
 * neighbours above; each point of a surface; whatever was only watched; and where there is neither, the time before each
 * disturbance. A record without trials is one observation over all that was sampled.
 */
export function judgedLoads(record: RunRecord, analysis: Analysis): JudgedLoad[] {
  const { trials, observations } = analysis;
  if (trials.length === 0 && observations.length === 0) return observationOf(record);
  const loads = [
    ...analysis.curves.flatMap((curve) => loadsOnCurve(record, curve)),
    ...realLoadsOf(record, analysis),
    ...surfaceLoads(record, analysis),
    ...observations.flatMap(({ title, window }) =>
      window === null ? [] : [{ at: title, windows: [evidenceOf(record, window, null)] }],
    ),
  ];
  return loads.length > 0 ? loads : beforeDisturbances(record, analysis);
}

function loadsOnCurve(record: RunRecord, curve: CurveAnalysis): JudgedLoad[] {
  return pointsToJudge(curve).flatMap((point) => {
    const windows = trialsToJudge(point).flatMap((trial) =>
      trial.window === null ? [] : [evidenceOf(record, trial.window, trial)],
    );
    return windows.length === 0 ? [] : [{ at: loadOf(curve, point), windows }];
  });
}

/**
 * What a fault does to servers and load is no finding, so that only the load before it is looked at:
 * warm-up and window until the fault. Its trial's figures hold the fault, and are left out.
 */
function beforeDisturbances(record: RunRecord, { trials }: Analysis): JudgedLoad[] {
  const loads = new Map<string, Evidence[]>();
  for (const { planned, window } of trials) {
    const { disturbance, curveTitle, warmupMs } = planned;
    if (disturbance === undefined || window === null) continue;
    const startMs = window.startMs - warmupMs;
    const endMs = startMs + disturbance.atMs;
    const at = `before ${curveTitle}`;
    loads.set(at, [...(loads.get(at) ?? []), evidenceOf(record, { startMs, endMs }, null)]);
  }
  return [...loads].map(([at, windows]) => ({ at, windows }));
}

/** The real load of a stage of ceilings, undisturbed. */
function realLoadsOf(record: RunRecord, { trials }: Analysis): JudgedLoad[] {
  return trials.flatMap((trial) => {
    const { planned, window } = trial;
    if (planned.ceiling?.of !== "load" || window === null) return [];
    const at = `${planned.curveTitle}, ${planned.clients} ${planned.clients === 1 ? "client" : "clients"}`;
    return [{ at, windows: [evidenceOf(record, window, trial)] }];
  });
}

/** Where no trial is valid the windows still tell why. */
function pointsToJudge(curve: CurveAnalysis): PointAnalysis[] {
  const best = curve.best ?? busiestOf(curve.points);
  if (best === null) return [];
  const from = curve.points.indexOf(best);
  return curve.points.slice(from, from + 1 + JUDGED_POINTS_ABOVE);
}

function trialsToJudge({ trials }: PointAnalysis): readonly TrialAnalysis[] {
  const usable = trials.filter(({ validity }) => validity.is !== "invalid");
  if (usable.length > 0) return usable;
  const told = trials.filter(({ throughputTps }) => throughputTps !== null);
  // Where every client ended at once, nothing was counted in the window; its errors tell why.
  return told.length > 0 ? told : trials.filter(({ outcome }) => outcome !== null);
}

function busiestOf(points: readonly PointAnalysis[]): PointAnalysis | null {
  const throughputOf = ({ trials }: PointAnalysis) =>
    Math.max(-1, ...trials.map(({ throughputTps }) => throughputTps ?? -1));
  let busiest: PointAnalysis | null = null;
  for (const point of points) {
    if (
      point.trials.every(({ outcome, throughputTps }) => outcome === null && throughputTps === null)
    )
      continue;
    if (busiest === null || throughputOf(point) > throughputOf(busiest)) busiest = point;
  }
  return busiest;
}

function loadOf(curve: CurveAnalysis, { clients, rateTps, unit }: PointAnalysis): string {
  const load = `${curve.title}, ${clients} ${clients === 1 ? "client" : "clients"}`;
  return rateTps === null ? load : `${load} at ${rateTps} ${UNIT_WORDS[unit].perSecond}`;
}

function observationOf(record: RunRecord): JudgedLoad[] {
  const span = sampledSpan(record);
  return span === null ? [] : [{ at: null, windows: [evidenceOf(record, span, null)] }];
}
