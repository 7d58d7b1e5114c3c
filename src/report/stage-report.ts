import type { Analysis, StageResults } from "../analysis/model.ts";
import type { Chapter, ChapterSection } from "./chapter.ts";
import type { Figure } from "./figures/figure.ts";
import type { Headline, ReportModel } from "./model.ts";

/** How what one kind of stage found is told. */
export interface StageReport<Result> extends Omit<Chapter, "sections"> {
  /** Pure: the same result, the same words. */
  tell(result: Result): ChapterSection;
  /** What its blocks show, by id; none where nothing could be drawn. */
  figures?(result: Result, model: ReportModel): readonly (Figure | null)[];
  /** Instead of the headlines of the stage's own curves; `null` where there is none. */
  headline?(result: Result, analysis: Analysis): Headline | null;
}

/** By the name of its results, in the order in which chapters are shown. */
export type StageReports = {
  readonly [Name in keyof StageResults]?: StageReport<StageResults[Name][number]>;
};

/** What stages found, each result with the part that tells it, in the order of the chapters. */
export function pairResults(
  results: StageResults,
  reports: StageReports,
): readonly { readonly report: StageReport<unknown>; readonly results: readonly unknown[] }[] {
  const names = Object.keys(reports) as (keyof StageResults)[];
  return names.map((name) => ({
    // Both sides are of the same name, and so of the same type.
    report: reports[name] as StageReport<unknown>,
    results: results[name],
  }));
}

/** A chapter per kind of stage that found something. */
export function listChapters(results: StageResults, reports: StageReports): Chapter[] {
  return pairResults(results, reports).flatMap(({ report, results }) => {
    if (results.length === 0) return [];
    const { tell, figures: _, headline: __, ...chapter } = report;
    return [{ ...chapter, sections: results.map((result) => tell(result)) }];
  });
}
