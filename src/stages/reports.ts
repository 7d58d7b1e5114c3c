import type { StageReports } from "../report/stage-report.ts";
import { recoveryReport } from "./recovery/chapter.ts";
import { surfaceReport } from "./sync-surface/chapter.ts";

/** How what each kind of stage found is told: a line per kind, in the order of a report's chapters. */
export const STAGE_REPORTS: StageReports = {
  recoveries: recoveryReport,
  surfaces: surfaceReport,
};
