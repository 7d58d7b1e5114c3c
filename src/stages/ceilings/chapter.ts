import type { Block } from "../../report/chapter.ts";
import type { StageReport } from "../../report/stage-report.ts";
import { figureIdOf, pipelineFigure } from "./figure.ts";
import type { CeilingsAnalysis } from "./model.ts";
import {
  CEILING_COLUMNS,
  ceilingRow,
  forecastText,
  operatingText,
  PIPELINE_COLUMNS,
  pipelineRow,
  sustainableText,
  tellShort,
  titleOfCeilings,
} from "./tell-ceilings.ts";

/** What is sustainable, the way of the WAL, what was measured, the forecast. */
export const ceilingsReport: StageReport<CeilingsAnalysis> = {
  id: "ceilings",
  title: "The way of the WAL",
  lead: "What each station can do on its own, against what comes. The smallest, less a headroom, is what can be kept up for ever.",

  tell: (ceilings) => {
    const title = titleOfCeilings(ceilings);
    return {
      stage: ceilings.stage,
      title,
      heading: `The way of the WAL: ${title}`,
      brief: tellShort(ceilings).map((words, i) => ({
        is: "field",
        name: i === 0 ? "ceilings" : "",
        words,
      })),
      blocks: [
        { is: "prose", words: [{ strong: sustainableText(ceilings) }] },
        ...prose(operatingText(ceilings)),
        { is: "figure", id: figureIdOf(ceilings) },
        {
          is: "table",
          title: "The way of the WAL, station by station",
          columns: PIPELINE_COLUMNS,
          text: [0, 6],
          rows: ceilings.pipeline.map(pipelineRow),
        },
        ...prose(forecastText(ceilings)),
        {
          is: "table",
          title: "What was measured on its own",
          showsTitle: true,
          columns: CEILING_COLUMNS,
          text: [0, 1, 2, 6],
          rows: ceilings.ceilings.map(ceilingRow),
        },
        { is: "statements", items: ceilings.notes },
      ],
    };
  },

  figures: (ceilings) => [pipelineFigure(ceilings)],
};

function prose(text: string | null): Block[] {
  return text === null ? [] : [{ is: "prose", words: text }];
}
