import { composeReport, type Report } from "../../src/report/compose-report.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";

/** The report of these facts, with every kind of stage that there is. */
export function composed(model: ReportModel): Report {
  return composeReport(model, STAGE_REPORTS);
}
