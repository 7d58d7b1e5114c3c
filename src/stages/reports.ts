import type { StageReports } from "../report/stage-report.ts";
import { ceilingsReport } from "./ceilings/chapter.ts";
import { comparisonReport } from "./compare/chapter.ts";
import { failoverReport } from "./failover/chapter.ts";
import { recoveryReport } from "./recovery/chapter.ts";
import { searchReport } from "./search/chapter.ts";
import { surfaceReport } from "./sync-surface/chapter.ts";

/** How what each kind of stage found is told: a line per kind, in the order of a report's chapters. */
export const STAGE_REPORTS: StageReports = {
  searches: searchReport,
  comparisons: comparisonReport,
  ceilings: ceilingsReport,
  failovers: failoverReport,
  recoveries: recoveryReport,
  surfaces: surfaceReport,
};
