import type { ReportModel } from "../model.ts";
import type { Figure } from "./figure.ts";
import { ladderFigure } from "./ladder.ts";
import { latencyByLoadFigure } from "./latency-by-load.ts";
import { statementsFigure } from "./statements.ts";
import { timelineFigure } from "./timeline.ts";

/** Every figure that there is something to draw for, in the order in which they are shown. */
export function listFigures(model: ReportModel): Figure[] {
  const curves = model.curves.filter(({ best }) => best !== null);
  return [
    ...curves.flatMap((curve) => [ladderFigure(model, curve), latencyByLoadFigure(model, curve)]),
    ...model.timeline.map((panel) => timelineFigure(model, panel)),
    ...(model.topStatements.length === 0 ? [] : [statementsFigure(model)]),
  ];
}
