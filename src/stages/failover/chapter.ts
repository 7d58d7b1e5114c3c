import { formatDurationMs } from "../../lib/units.ts";
import type { SummaryHeadline } from "../../record/run-summary.ts";
import type { Fact } from "../../report/chapter.ts";
import { count } from "../../report/phrases.ts";
import type { StageReport } from "../../report/stage-report.ts";
import type { LeadFigure } from "../../report/summary/model.ts";
import { topologyFigure, topologyIdOf } from "./figure-topology.ts";
import { waterfallFigure, waterfallIdOf } from "./figure-waterfall.ts";
import type { FailoverAnalysis } from "./model.ts";
import { tellSlowestPhase, tellSteps } from "./tell-causes.ts";
import {
  ledgerTableOf,
  listFailoverFacts,
  phaseTableOf,
  tellDistribution,
  titleOfFailover,
} from "./tell-failover.ts";

/** A terminal has room for the most important ones. */
const BRIEF_FACTS_MAX = 5;
/** Names that are too long for the column of a terminal. */
const BRIEF_NAMES: Readonly<Record<string, string>> = {
  "writes back": "back",
  "full rate": "full",
  "cross-check": "WAL",
};
/** What stands beside the longest time without writes. */
const FRONT_FACTS: ReadonlySet<Fact["name"]> = new Set(["lost", "phases", "two primaries"]);

/** What the clients saw of a fault or a switchover: facts, pictures, the ledger's answer. */
export const failoverReport: StageReport<FailoverAnalysis> = {
  id: "failover",
  title: "Failover and switchover",
  lead: "What the clients saw while the primary was broken or handed over under load. Every acknowledged write was looked for afterwards.",

  tell: (failover) => {
    const title = titleOfFailover(failover);
    const facts = listFailoverFacts(failover);
    const lead = leadOf(failover);
    const heldBack = tellSlowestPhase(failover);
    return {
      stage: failover.stage,
      title,
      heading: `${failover.kind === "failover" ? "Failover" : "Switchover"}: ${title}`,
      brief: [
        { is: "title", text: title },
        ...facts.slice(0, BRIEF_FACTS_MAX).map(({ name, text }) => ({
          is: "field" as const,
          name: BRIEF_NAMES[name] ?? name,
          words: text,
        })),
      ],
      blocks: [
        { is: "facts", facts },
        { is: "figure", id: waterfallIdOf(failover) },
        { is: "figure", id: topologyIdOf(failover) },
        {
          is: "table",
          title: "What the ledger found",
          showsTitle: true,
          text: [1],
          ...ledgerTableOf(failover),
        },
        {
          is: "table",
          title: "What each phase depends on",
          showsTitle: true,
          text: [0, 4],
          ...phaseTableOf(failover),
        },
      ],
      front: {
        link: "Evidence",
        blocks: [{ is: "facts", facts: facts.filter(({ name }) => FRONT_FACTS.has(name)) }],
      },
      steps: tellSteps(failover),
      ...(lead === null ? {} : { lead }),
      headlines: headlinesOf(failover),
      ...(heldBack === null ? {} : { heldBack }),
    };
  },

  figures: (failover, model) => [waterfallFigure(failover), topologyFigure(model, failover)],
};

function headlinesOf({ what, rtoMs, neverBack }: FailoverAnalysis): SummaryHeadline[] {
  if (rtoMs === null) return [];
  const { value, low, high, n } = rtoMs.median;
  const never =
    neverBack === 0
      ? ""
      : ` In ${count(neverBack, "trial")} writes had not resumed when the load ended.`;
  const sentence = `Time without writes after ${what}: ${tellDistribution(rtoMs)}.${never}`;
  return [{ figure: "rto", of: what, unit: "ms", value, low, high, n, sentence }];
}

/** The longest time without writes; `null` where no trial tells. */
function leadOf({ trials, rtoMs, neverBack, loss, what }: FailoverAnalysis): LeadFigure | null {
  if (rtoMs === null) return null;
  const text = formatDurationMs(rtoMs.max);
  const [value = text, ...unit] = text.split(" ");
  return {
    of: `Longest time without writes (${what})`,
    value: neverBack > 0 ? `> ${value}` : value,
    unit: unit.join(" "),
    range: trials.length === 1 ? null : tellDistribution(rtoMs),
    more: [
      ...(neverBack === 0 ? [] : [`not back before the end in ${count(neverBack, "trial")}`]),
      loss.sentence.replace(/[.:].*$/s, ""),
    ],
  };
}
