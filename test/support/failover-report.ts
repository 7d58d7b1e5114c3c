import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import { judgeObjectives } from "../../src/findings/objectives.ts";
import { buildReport } from "../../src/report/build-model.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { CLEAN, recordOfFailovers, writesAround } from "./failover.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";

/** Three failovers; the second loses the last four acknowledgements, as its old primary's WAL says too. */
export function failoverReportOf(): ReportModel {
  const lossy = {
    writes: writesAround(5600),
    table: [
      [1, 396],
      [402, 841],
    ] as const,
    commitsAfterFork: 5,
  };
  const record = recordOfFailovers([CLEAN, lossy, CLEAN]);
  const { plan } = record.manifest;
  const objectives = { ...plan.objectives, rpoTransactions: 0, rtoMs: 2000 };
  const judged = { ...record, manifest: { ...record.manifest, plan: { ...plan, objectives } } };
  const analysis = analyzeRecord(judged, STAGE_ANALYSES);
  return buildReport(judged, analysis, [], judgeObjectives(analysis), STAGE_REPORTS);
}
