import type { Chapter } from "./chapter.ts";
import type { Figure } from "./figures/figure.ts";
import { listFigures } from "./figures/list-figures.ts";
import type { ReportModel } from "./model.ts";
import { listChapters, type StageReports } from "./stage-report.ts";

/** A report ready to be rendered: its facts, what its stages found in words, and its pictures. */
export interface Report {
  readonly model: ReportModel;
  readonly chapters: readonly Chapter[];
  readonly figures: readonly Figure[];
}

/** Pure: the same facts, the same report. */
export function composeReport(model: ReportModel, reports: StageReports): Report {
  return {
    model,
    chapters: listChapters(model, reports),
    figures: listFigures(model, reports),
  };
}
