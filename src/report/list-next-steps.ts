import { UNIT_WORDS } from "../record/load-kind.ts";
import type { Analysis } from "../analysis/model.ts";
import { withoutSearched } from "../analysis/search/without-searched.ts";
import type { Finding } from "../findings/rule.ts";
import type { RunManifest } from "../record/format.ts";
import { formatNumber } from "../lib/units.ts";
import type { ChapterSection } from "./chapter.ts";
import type { ReportModel } from "./model.ts";
import { listReasons } from "../findings/judge-validity.ts";
import { placeOfError } from "./list-load-errors.ts";
import { gradeOf } from "./summary/grade-of.ts";
import { tellExperiment } from "./tell-experiment.ts";
import { count } from "./phrases.ts";

/** More advice than this is not followed. */
const STEPS_MAX = 6;

/**
 * What to do now, the most useful first: mend the measurement, then what stages found, then the causes,
 * then look further.
 */
export function listNextSteps(
  manifest: RunManifest,
  analysis: Analysis,
  findings: readonly Finding[],
  loadErrors: ReportModel["loadErrors"],
  sections: readonly ChapterSection[],
): string[] {
  const load = mendTheLoad(manifest, findings, loadErrors);
  return [
    ...load,
    ...finishTheRun(manifest),
    // Trials that failed with the load have no other reason.
    ...(load.length > 0 ? [] : mendTheTrials(analysis)),
    ...sections.flatMap(({ steps = [] }) => steps),
    ...sayYourGoals(manifest, analysis),
    ...followAdvice(findings),
    ...(load.length > 0 ? [] : testTheCause(manifest, findings)),
    ...raiseTheLadder(analysis),
    ...measureLonger(manifest),
  ]
    .filter((step, i, all) => all.indexOf(step) === i)
    .slice(0, STEPS_MAX);
}

/** A run that ended since its load failed would fail again: the load comes first. */
function mendTheLoad(
  { status }: RunManifest,
  findings: readonly Finding[],
  loadErrors: ReportModel["loadErrors"],
): string[] {
  const [first] = loadErrors;
  if (status === "failed" && first?.seenIn === "dry pass") {
    return [`Correct what fails at ${placeOfError(first)}, then run the experiment again.`];
  }
  const failing = findings.find(({ id, verdict }) => id === "load-failing" && verdict === "fail");
  return status === "failed" && failing?.advice != null ? [failing.advice] : [];
}

function finishTheRun({ status, id, plan }: RunManifest): string[] {
  return status === "finished" || plan.trials.length === 0
    ? []
    : [`Measure the trials that are left: \`pgdyno resume runs/${id}\`.`];
}

/** Figures of invalid trials are kept and not used: what spoiled most of them comes first. */
function mendTheTrials({ trials }: Analysis): string[] {
  const invalid = trials.filter((trial) => gradeOf(trial) === "invalid");
  const [worst] = listReasons(invalid);
  if (worst === undefined) return [];
  const which = `${count(invalid.length, "trial")} ${invalid.length === 1 ? "does" : "do"} not count`;
  return [`Measure again: ${which}. ${worst.because}`];
}

/** Goals from a first look say that a figure can be kept up, not that it is enough. */
function sayYourGoals({ plan, experimentFile }: RunManifest, { trials }: Analysis): string[] {
  const isDisturbed = trials.some((trial) => gradeOf(trial) === "invalid");
  return plan.objectives.ofFirstLook === undefined || isDisturbed
    ? []
    : [
        `The goals were set from a first look. Say what you need: \`pgdyno run ${experimentFile} --throughput 2000tps --p99 20ms\`.`,
      ];
}

/** Before money is spent on it: is the first cause really the cause? */
function testTheCause({ id }: RunManifest, findings: readonly Finding[]): string[] {
  const root = findings.find(({ rank }) => rank === 1);
  if (root === undefined || root.isAside === true || (root.tested?.length ?? 0) > 0) return [];
  const told = tellExperiment(root, id);
  return told === null ? [] : [`See whether ${root.id} is right. ${told}`];
}

function followAdvice(findings: readonly Finding[]): string[] {
  const advice = findings
    .filter(({ verdict, causes }) => verdict === "fail" && causes.length === 0)
    .toSorted((a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE))
    .flatMap(({ advice }) => (advice === null ? [] : [advice]));
  return [...new Set(advice)].slice(0, 3);
}

/** A curve whose best point is its last rung has not shown its limit. */
function raiseTheLadder(analysis: Analysis): string[] {
  return withoutSearched(analysis).flatMap(({ title, best, points, mode }) => {
    const last = points.at(-1);
    if (best === null || last === undefined || best.point !== last.point || points.length < 2) {
      return [];
    }
    return mode === "open"
      ? [
          `Offer more to ${title}: the highest rate, ${formatNumber(best.rateTps ?? 0)} ${UNIT_WORDS[best.unit].perSecond}, was its best.`,
        ]
      : [
          `Raise the ladder of ${title}: its best point was the last, so add \`${best.clients * 2}\` and \`${best.clients * 4}\` to \`clients\`.`,
        ];
  });
}

function measureLonger({ plan, experimentFile }: RunManifest): string[] {
  return plan.quick
    ? [
        `This was a quick look: its windows under writes hold few checkpoint cycles. For figures to plan with, raise \`duration\` to at least four times \`checkpoint_timeout\` and \`repetitions\` to 5, see what it takes with \`pgdyno plan ${experimentFile}\`, then \`pgdyno run ${experimentFile}\`.`,
      ]
    : [];
}
