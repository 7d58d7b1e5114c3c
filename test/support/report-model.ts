import { buildReport } from "../../src/report/build-model.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { listChapters } from "../../src/report/stage-report.ts";
import { buildSummary } from "../../src/report/summary/build-summary.ts";
import { analysisOf, objectivesOf } from "./made-run/analysis.ts";
import { findingsOf } from "./made-run/findings.ts";
import { recordOf } from "./made-run/record.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";

/**
 * The report of a made-up run: two curves, six loads, three repetitions, smooth and deterministic.
 * Its numbers mean nothing; their shapes are those of a real run.
 */
export function reportModelOf(overrides: Partial<ReportModel> = {}): ReportModel {
  const record = recordOf();
  const analysis = analysisOf();
  const whole = buildReport(record, analysis, findingsOf(), objectivesOf(), STAGE_REPORTS);
  const { summary: _, ...model } = { ...whole, ...overrides };
  const sections = listChapters(model, STAGE_REPORTS).flatMap(({ sections }) => sections);
  return { ...model, summary: buildSummary(record.manifest, analysis, model, sections) };
}
