import type { Analysis } from "../../analysis/model.ts";
import type { RunManifest } from "../../record/format.ts";
import type { ObjectiveVerdict } from "../../findings/objectives.ts";
import type { ReportModel } from "../model.ts";
import type { ChapterSection } from "../chapter.ts";
import { count } from "../phrases.ts";
import { leadFigures } from "./lead-figures.ts";
import type { Summary } from "./model.ts";
import { tellHeldBack } from "./tell-held-back.ts";
import { tellTrust } from "./tell-trust.ts";

/** Goals in the words of those who set them. */
const GOALS: Readonly<Record<string, string>> = {
  rpo: "Data lost (RPO)",
  rto: "Time without service (RTO)",
  throughput: "Throughput",
  p50: "p50 latency",
  p95: "p95 latency",
  p99: "p99 latency",
};

/** How a goal ends that was taken from a first look, which is said once for all of them. */
const OF_FIRST_LOOK = /, \S+ % of what a first look found$/;

/** Figures that fit on the first screen; the others are in the report. */
const FIGURES_MAX = 2;

/** The first screen of a report, from all of the rest. */
export function buildSummary(
  manifest: RunManifest,
  analysis: Analysis,
  model: Omit<ReportModel, "summary">,
  sections: readonly ChapterSection[],
): Summary {
  return {
    trust: tellTrust(manifest, analysis, model.findings, sections),
    answer: {
      sentence: tellAnswer(model),
      goals: model.objectives.map(({ objective, wanted, found, verdict }) => ({
        goal: GOALS[objective] ?? objective,
        wanted: shorten(wanted),
        found: found === null ? null : shorten(found).replace(/^at most /, ""),
        verdict,
      })),
      figures: leadFigures(model, sections).slice(0, FIGURES_MAX),
    },
    heldBack: tellHeldBack(model, sections),
    next: model.next[0] ?? null,
  };
}

/** Without the load that it was found under, and in the words of all others: `at most 5 s`. */
function shorten(text: string): string {
  return text
    .replace(/ \([^]*\)$/, "")
    .replace(OF_FIRST_LOOK, "")
    .replace(/^(.*?)(?: lost)? at most$/, "at most $1")
    .replace(/^back within /, "at most ");
}

/** Goals stand beside it, so that their figures are not said twice. */
function tellAnswer({
  objectives,
  verdict,
  verdictBecause,
  trials,
  findings,
  goals,
}: Omit<ReportModel, "summary">): string {
  if (trials.length === 0 && verdict === "fail") {
    const failed = findings.filter((finding) => finding.verdict === "fail").length;
    return `Something holds it back: ${count(failed, "cause")} ${failed === 1 ? "was" : "were"} found.`;
  }
  const of = (wanted: ObjectiveVerdict["verdict"]) =>
    objectives.filter((one) => one.verdict === wanted).length;
  const from = goals.ofFirstLook === undefined ? "" : ", set from a first look,";
  const all = objectives.length;
  const tell = (n: number, did: string) => {
    const whole = all === 1 ? "The goal" : all === 2 ? "Both goals" : `All ${all} goals`;
    const which = n === all ? whole : `${n} of ${all} goals`;
    return `${which}${from} ${n === 1 ? "was" : "were"} ${did}.`;
  };
  if (all === 0) return verdictBecause;
  if (of("fail") > 0) return tell(of("fail"), "missed");
  // A comparison or what was watched may fail a run whose goals did not.
  if (verdict === "fail") return verdictBecause;
  return of("unknown") > 0 ? tell(of("unknown"), "left undecided") : tell(all, "met");
}
