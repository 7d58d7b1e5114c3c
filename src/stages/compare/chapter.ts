import type { BriefLine } from "../../report/chapter.ts";
import {
  COMPARISON_COLUMNS,
  nameVariant,
  rowOf,
  tellComparison,
  type ToldComparison,
} from "../../report/compare/tell-comparison.ts";
import type { StageReport } from "../../report/stage-report.ts";
import type { ComparisonAnalysis } from "./model.ts";

/** The control, then every variant against the first. */
export const comparisonReport: StageReport<ComparisonAnalysis> = {
  id: "comparison",
  title: "Comparison",
  lead: "Variants under the same load, interleaved and in pairs. A difference is claimed only where its interval and the family of all comparisons bear it out.",
  suite: "comparisons",
  comesFirst: true,

  tell: (comparison) => {
    const { stage, title, control, validity } = comparison;
    const told = tellVariants(comparison);
    const isBroken = validity === "invalid";
    return {
      stage,
      title,
      heading: `Comparison: ${title}`,
      brief: [
        ...(isBroken ? [briefLine(`INVALID. ${control.because}`)] : []),
        ...told.map((one) => briefLine(wordsOf(one))),
      ],
      blocks: [
        {
          is: "prose",
          words: control.because,
          ...(isBroken ? { mark: "invalid" as const } : {}),
        },
        {
          is: "table",
          title: "Variants against the first",
          columns: COMPARISON_COLUMNS,
          text: [0, 4, 5, 6],
          rows: told.map(rowOf),
        },
      ],
      cases: [
        {
          name: `control of ${title}`,
          verdict: CONTROL_VERDICTS[control.is],
          because: control.because,
        },
      ],
      ...(control.is === "different"
        ? { distrust: `The set-up is broken. ${control.because}` }
        : {}),
    };
  },
};

const CONTROL_VERDICTS = {
  same: "pass",
  different: "fail",
  "not-done": "unknown",
  unknown: "unknown",
} as const;

function tellVariants({ metrics, variants }: ComparisonAnalysis): ToldComparison[] {
  const [baseline] = variants;
  return metrics.map((one) => {
    const variant = variants.find(({ name }) => name === one.variant)!;
    const what = `${nameVariant(variant)} against ${nameVariant(baseline!)}`;
    return tellComparison(what, one, "pairs");
  });
}

function briefLine(words: Extract<BriefLine, { is: "field" }>["words"]): BriefLine {
  return { is: "field", name: "compare", words };
}

function wordsOf({ what, verdict, because, power }: ToldComparison) {
  const more = verdict === "cannot distinguish" ? ` ${power}.` : "";
  return [`${what}: `, { strong: verdict }, `. ${because}${more}`];
}
