import type { StageQuestion } from "../../record/format.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { meanOf } from "../../analysis/statistics/moments.ts";
import { judgeFamily } from "../../analysis/statistics/family.ts";
import { pairedRatio, type PairedVerdict } from "../../analysis/statistics/paired-ratio.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import type { Analysed } from "../../analysis/stage-analysis.ts";
import { BETTER_IS, metricOf, type Metric } from "../../analysis/compare/metrics.ts";
import type { ComparedMetric, ControlResult } from "../../analysis/compare/model.ts";
import type { ComparisonAnalysis } from "./model.ts";

type CompareQuestion = Extract<StageQuestion, { kind: "compare" }>;

/** What is compared; verdicts are given for these, and count as one family. */
const METRICS: readonly Metric[] = ["throughput", "p99"];

/** Every comparison of a run, from its pairs. */
export function analyzeComparisons(
  record: RunRecord,
  { trials }: Pick<Analysed, "trials">,
): ComparisonAnalysis[] {
  const questions = record.manifest.plan.questions ?? [];
  return questions.flatMap((question) =>
    question.kind === "compare" ? [analyzeComparison(record, trials, question)] : [],
  );
}

function analyzeComparison(
  record: RunRecord,
  trials: readonly TrialAnalysis[],
  { stage, title, variants }: CompareQuestion,
): ComparisonAnalysis {
  const own = trials.filter(({ planned }) => planned.stage === stage);
  const control = judgeControl(record, own);
  const compared = own.filter(({ planned }) => planned.role !== "control");
  const [baseline, ...others] = variants;
  const metrics = others.flatMap(({ name }) =>
    METRICS.map((metric) =>
      comparePairs(record, compared, { baseline: baseline!.name, variant: name, metric }),
    ),
  );
  const validity = control.is === "different" ? "invalid" : "valid";
  return { stage, title, variants, control, validity, metrics: judgeTogether(metrics) };
}

/** The same figure of both variants in each block; `null` where the block gave none. */
export function pairsOf(
  record: RunRecord,
  trials: readonly TrialAnalysis[],
  { baseline, variant, metric }: { baseline: string; variant: string; metric: Metric },
): { readonly a: (number | null)[]; readonly b: (number | null)[] } {
  const blocks = [...new Set(trials.map(({ planned }) => planned.repetition))].sort(
    (a, b) => a - b,
  );
  const valueOf = (name: string, block: number) => {
    const trial = trials.find(
      ({ planned }) => planned.variant === name && planned.repetition === block,
    );
    return trial === undefined ? null : metricOf(record, trial, metric);
  };
  return {
    a: blocks.map((block) => valueOf(baseline, block)),
    b: blocks.map((block) => valueOf(variant, block)),
  };
}

function comparePairs(
  record: RunRecord,
  trials: readonly TrialAnalysis[],
  of: { baseline: string; variant: string; metric: Metric },
) {
  const { a, b } = pairsOf(record, trials, of);
  const whole = a.flatMap((first, i) => {
    const second = b[i] ?? null;
    return first === null || second === null ? [] : [[first, second] as const];
  });
  return {
    variant: of.variant,
    metric: of.metric,
    baseline: meanOf(whole.map(([first]) => first)),
    value: meanOf(whole.map(([, second]) => second)),
    result: pairedRatio(a, b, { betterIs: BETTER_IS[of.metric] }),
  };
}

/** Several comparisons are one family: the more are made, the more likely one differs by chance. */
function judgeTogether(metrics: readonly ReturnType<typeof comparePairs>[]): ComparedMetric[] {
  const compared = metrics.flatMap(({ result }) => (result.is === "compared" ? [result] : []));
  const judged = judgeFamily(compared);
  return metrics.map((one) => {
    const { result } = one;
    return {
      ...one,
      result: result.is === "compared" ? judged[compared.indexOf(result)]! : result,
    };
  });
}

function judgeControl(record: RunRecord, trials: readonly TrialAnalysis[]): ControlResult {
  const own = trials.filter(({ planned }) => planned.role === "control");
  if (own.length === 0) {
    return { is: "not-done", because: "No control was asked for.", metrics: [] };
  }
  const halves = own.map((trial) => {
    const half = trial.planned.point.endsWith("-second") ? "second" : "first";
    return { ...trial, planned: { ...trial.planned, variant: half } };
  });
  const metrics = METRICS.map((metric) => {
    const { a, b } = pairsOf(record, halves, { baseline: "first", variant: "second", metric });
    return { metric, result: pairedRatio(a, b, { betterIs: BETTER_IS[metric] }) };
  });
  const compared = metrics.flatMap(({ result }) => (result.is === "compared" ? [result] : []));
  if (compared.length === 0) {
    return { is: "unknown", because: "No pair of the control can be believed.", metrics };
  }
  const different = judgeFamily(compared).find(({ verdict }) => isDifference(verdict));
  return different === undefined
    ? { is: "same", because: "The same thing twice showed no difference.", metrics }
    : {
        is: "different",
        because: `The same thing twice differed (${different.because.replace(/\.$/, "")}), so that a difference between variants means nothing here.`,
        metrics,
      };
}

/** True where a verdict claims that one is not the other. */
export function isDifference(verdict: PairedVerdict): boolean {
  return verdict === "better" || verdict === "worse";
}
