import { formatDurationMs } from "../../lib/units.ts";
import type { BriefLine } from "../../report/chapter.ts";
import type { StageReport } from "../../report/stage-report.ts";
import { figureIdOf, surfaceFigure } from "./figure.ts";
import type { SurfaceAnalysis } from "./model.ts";
import { surfaceTableOf, tellPoint, tellTrade, titleOfSurface } from "./tell-surface.ts";

/** Points that a terminal has room for. */
const BRIEF_POINTS_MAX = 10;

/** What each way to replicate costs and loses: the picture, the whole table, and the trade in words. */
export const surfaceReport: StageReport<SurfaceAnalysis> = {
  id: "surface",
  title: "What replication costs and risks",
  lead: "Each way to replicate, near and far, measured in turn: what it carries, how long commits take, and what was lost when something broke. Few trials bound a loss loosely; none lost is never proof of none.",

  tell: (surface) => {
    const title = titleOfSurface(surface);
    return {
      stage: surface.stage,
      title,
      heading: title,
      brief: briefOf(surface),
      blocks: [
        { is: "figure", id: figureIdOf(surface) },
        { is: "table", title, text: [1, 2], ...surfaceTableOf(surface) },
        { is: "statements", items: tellTrade(surface) },
      ],
      front: {
        link: "Table and picture",
        blocks: [
          {
            is: "statements",
            items: surface.points.map((point) => [
              { strong: `${formatDurationMs(point.replication.distanceMs)} apart` },
              `, ${tellPoint(point)}`,
            ]),
          },
        ],
      },
    };
  },

  figures: (surface) => [surfaceFigure(surface)],
};

/** A line per point: the table in few words. */
function briefOf(surface: SurfaceAnalysis): BriefLine[] {
  const told = surface.points.slice(0, BRIEF_POINTS_MAX);
  const rest = surface.points.length - told.length;
  return [
    { is: "title", text: titleOfSurface(surface) },
    ...told.map((point) => ({
      is: "field" as const,
      name: formatDurationMs(point.replication.distanceMs),
      words: tellPoint(point),
    })),
    ...(rest > 0 ? [{ is: "field" as const, name: "", words: `${rest} more in the report.` }] : []),
  ];
}
