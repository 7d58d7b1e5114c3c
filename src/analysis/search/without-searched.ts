import type { Analysis, CurveAnalysis } from "../model.ts";

/** Curves that speak for themselves: the probes of a search were chosen to fail, too. */
export function withoutSearched({
  curves,
  searches,
}: Pick<Analysis, "curves" | "searches">): CurveAnalysis[] {
  const stages = new Set(searches.map(({ stage }) => stage));
  return curves.filter(
    ({ points }) => !points.some((p) => p.trials.some((t) => stages.has(t.planned.stage))),
  );
}
