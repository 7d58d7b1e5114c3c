import { whyUnwatched } from "../findings/why-unwatched.ts";
import type { Analysis, CurveAnalysis } from "../analysis/model.ts";
import { withoutSearched } from "../analysis/search/without-searched.ts";
import { judgeRun } from "../findings/judge-run.ts";
import { judgeValidity } from "../findings/judge-validity.ts";
import type { ObjectiveVerdict } from "../findings/objectives.ts";
import type { Finding } from "../findings/rule.ts";
import type { RunRecord } from "../record/run-record.ts";
import { buildHeadlines } from "./build-headlines.ts";
import { listLoadErrors } from "./list-load-errors.ts";
import { listNextSteps } from "./list-next-steps.ts";
import { listNotSeen } from "./list-not-seen.ts";
import { listTopStatements } from "./list-top-statements.ts";
import { REPORT_VERSION, type ReportCurve, type ReportModel } from "./model.ts";
import { listChapters, pairResults, type StageReports } from "./stage-report.ts";
import { buildSummary } from "./summary/build-summary.ts";
import { tellHosts } from "./tell-hosts.ts";
import { buildTimeline } from "./timeline/build-timeline.ts";
import { buildTopology, listFaults } from "./timeline/build-topology.ts";

/** Puts together all that a report says, in every format. Pure: the same record, the same report. */
export function buildReport(
  record: RunRecord,
  analysis: Analysis,
  findings: readonly Finding[],
  objectives: readonly ObjectiveVerdict[],
  reports: StageReports,
): ReportModel {
  const { manifest, events } = record;
  const { trials, curves, objectives: goals, observer, ...results } = analysis;
  const validity = judgeValidity(trials);
  const loadErrors = listLoadErrors(trials, events);
  const sections = listChapters(results, reports).flatMap(({ sections }) => sections);
  const model: Omit<ReportModel, "summary"> = {
    reportVersion: REPORT_VERSION,
    run: describeRun(record),
    ...judgeRun(manifest, objectives, validity, findings, whyUnwatched(record, analysis), analysis),
    objectives,
    goals,
    headlines: [
      ...pairResults(results, reports).flatMap(({ report, results }) =>
        results.flatMap((result) => report.headline?.(result, analysis) ?? []),
      ),
      ...buildHeadlines(withoutSearched(analysis), findings, record),
    ],
    validity,
    next: listNextSteps(manifest, analysis, findings, loadErrors, sections),
    curves: curves.map(nameTrials),
    ...results,
    trials,
    findings,
    loadErrors,
    timeline: buildTimeline(record, analysis),
    topology: buildTopology(record),
    faults: listFaults(events),
    topStatements: listTopStatements(record),
    events,
    server: manifest.server,
    machine: manifest.machine,
    ...(manifest.hosts === undefined ? {} : { hosts: tellHosts(manifest.hosts) }),
    tools: manifest.tools,
    observer,
    notSeen: listNotSeen(record, findings),
  };
  return { ...model, summary: buildSummary(manifest, analysis, model, sections) };
}

function describeRun({ manifest, events }: RunRecord): ReportModel["run"] {
  return {
    id: manifest.id,
    name: manifest.name,
    status: manifest.status,
    statusBecause: manifest.statusBecause,
    startedAtUtc: new Date(manifest.epochMs).toISOString(),
    durationMs: events.reduce((last, { atMs }) => Math.max(last, atMs), 0),
    pgdynoVersion: manifest.pgdynoVersion,
    seed: manifest.plan.seed,
    quick: manifest.plan.quick,
    experimentFile: manifest.experimentFile,
    experimentText: manifest.experimentText,
  };
}

function nameTrials({ points, best, ...curve }: CurveAnalysis): ReportCurve {
  return {
    ...curve,
    points: points.map((point) => ({ ...point, trials: point.trials.map((t) => t.planned.id) })),
    best: best?.point ?? null,
  };
}
