import type { ReportModel } from "../model.ts";
import { pairResults, type StageReports } from "../stage-report.ts";
import type { Figure } from "./figure.ts";
import { ladderFigure } from "./ladder.ts";
import { latencyByLoadFigure } from "./latency-by-load.ts";
import { statementsFigure } from "./statements.ts";
import { timelineFigure } from "./timeline.ts";
import { wholeTopologyFigure } from "./whole-topology.ts";

/**
 * Every figure that there is something to draw for, in the order in which they are shown. A ladder
 * whose trials are all invalid is drawn too: what was measured is kept, as crosses and no line.
 */
export function listFigures(model: ReportModel, reports: StageReports): Figure[] {
  const measured = (curve: string) =>
    model.trials.some(
      ({ planned, throughputTps }) => planned.curve === curve && throughputTps !== null,
    );
  return [
    ...model.curves.flatMap((curve) => [
      ...(measured(curve.curve) ? [ladderFigure(model, curve)] : []),
      ...(curve.best === null ? [] : [latencyByLoadFigure(model, curve)]),
    ]),
    ...pairResults(model, reports).flatMap(({ report, results }) =>
      results.flatMap((result) =>
        (report.figures?.(result, model) ?? []).filter((figure) => figure !== null),
      ),
    ),
    ...(model.topology.length < 2 ? [] : [wholeTopologyFigure(model)]),
    ...model.timeline.map((panel) => timelineFigure(model, panel)),
    ...(model.topStatements.length === 0 ? [] : [statementsFigure(model)]),
  ];
}
