import type { Block } from "../../report/chapter.ts";
import type { StageReport } from "../../report/stage-report.ts";
import { figureIdOf, recoveryFigure } from "./figure.ts";
import type { RecoveryAnalysis, RecoveryKindAnalysis } from "./model.ts";
import { listRecoveryFacts, RECOVERY_NAMES, recoveryTableOf } from "./tell-recovery.ts";

/** Told in full only: a terminal has what was measured, what is foretold, and whether rows were right. */
const DETAILS = new Set(["parts", "trust"]);

/** Of each kind of recovery what is foretold, the picture, and every recovery. */
export const recoveryReport: StageReport<RecoveryAnalysis> = {
  id: "recovery",
  title: "Recovery",
  lead: "Each dot is one recovery from a known size, the line is fitted through them, and the band holds one more recovery of that size in 95 % of cases. Beyond the dots the line is a guess.",

  tell: ({ stage, title, kinds }) => ({
    stage,
    title,
    heading: `Recovery: ${title}`,
    brief: kinds.flatMap((kind) => [
      { is: "title" as const, text: RECOVERY_NAMES[kind.kind] },
      ...listRecoveryFacts(kind)
        .filter(({ name }) => !DETAILS.has(name))
        .map(({ name, text }) => ({ is: "field" as const, name, words: text })),
    ]),
    blocks: kinds.flatMap((kind) => blocksOf(stage, kind)),
  }),

  figures: ({ stage, kinds }) => kinds.map((kind) => recoveryFigure(stage, kind)),
};

function blocksOf(stage: number, kind: RecoveryKindAnalysis): Block[] {
  const name = RECOVERY_NAMES[kind.kind];
  return [
    { is: "heading", text: name },
    { is: "facts", facts: listRecoveryFacts(kind) },
    { is: "figure", id: figureIdOf(stage, kind) },
    { is: "table", title: `${name}, each`, text: [], ...recoveryTableOf(kind) },
  ];
}
