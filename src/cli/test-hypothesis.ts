import { analyzeRecord } from "../analysis/analyze-record.ts";
import { analyzeComparisons, pairsOf } from "../analysis/compare/analyze-comparison.ts";
import { concludeHypothesis } from "../analysis/compare/conclude-hypothesis.ts";
import { BETTER_IS } from "../analysis/compare/metrics.ts";
import { pairedRatio } from "../analysis/statistics/paired-ratio.ts";
import type { Finding } from "../findings/rule.ts";
import { DynoError } from "../lib/errors.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import { appendHypothesis } from "../record/hypotheses-file.ts";
import type { HypothesisResult, NextExperiment } from "../record/hypothesis.ts";
import { readRecord } from "../record/read-record.ts";
import { writeIntoRecord } from "../record/record-writer.ts";
import type { CompareStage } from "../spec/stages/compare.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { judgeRun, writeHtmlReport } from "./judge-run.ts";
import { planRecorded, planStages } from "./plan-experiment.ts";
import { runExperiment } from "./run-experiment.ts";
import { openNewRecord } from "./start-run.ts";

export interface HypothesisOptions {
  readonly directory: string;
  readonly finding: string;
  readonly pairs: number;
  readonly runs: string;
  readonly format: string;
  readonly strict: boolean;
}

/** Pairs of the unchanged thing with itself before that. */
const CONTROL_PAIRS = 3;

/**
 * Carries out the experiment that a finding of a recorded run asks for: the run's own load, with and
 * without the one change, in pairs. What comes out is written down beside that run.
 *
 * @throws {DynoError} HYPOTHESIS_MISSING, what planning and running throw
 */
export async function testHypothesis(options: HypothesisOptions, io: Io): Promise<ExitStatus> {
  const { directory } = options;
  const model = await judgeRun(directory);
  const { finding, experiment } = findExperimentOf(model.findings, options);
  const { manifest } = await readRecord(directory, () => false);
  const seen = model.trials.find(
    ({ window }) =>
      window !== null && window.startMs < finding.endMs && window.endMs > finding.startMs,
  );
  if (seen === undefined) {
    throw missing(options, model.findings, "it was seen while somebody else loaded the server");
  }
  const recorded = await planRecorded(manifest);
  const stage = stageOf(seen.planned, experiment, options.pairs);
  const planned = await planStages(recorded, `${manifest.name}-test`.slice(0, 63), [stage]);
  io.err(`${finding.id}: tests ${experiment.change}. ${tellPrediction(experiment)}`);
  const ending = await runExperiment({
    planned,
    io,
    asJson: options.format === "json",
    finished: new Set(),
    epochMs: null,
    openRecord: (epochMs) => openNewRecord(options.runs, planned, epochMs),
  });
  if (ending.status !== 0) return ending.status;
  const result = await conclude(ending.directory, finding.id, experiment);
  await appendHypothesis(directory, result);
  writeIntoRecord(ending.directory, "hypothesis.json", `${JSON.stringify(result, null, 1)}\n`);
  await writeHtmlReport(ending.directory, await judgeRun(ending.directory));
  await writeHtmlReport(directory, await judgeRun(directory));
  io.out(
    options.format === "json"
      ? `${JSON.stringify(result, null, 2)}\n`
      : `${result.is.toUpperCase()}  ${finding.id}: ${experiment.change}\n${result.because}\n`,
  );
  if (result.is === "refuted") return 1;
  return options.strict && result.is === "undecided" ? 1 : 0;
}

/** `Predicted: throughput at least 1.2 times as much.` */
function tellPrediction({ predicts: { metric, direction, bound } }: NextExperiment): string {
  const most = direction === "higher" ? "at least" : "at most";
  return `Predicted: ${metric} ${most} ${Number(bound.toPrecision(3))} times as much.`;
}

function findExperimentOf(
  findings: readonly Finding[],
  options: HypothesisOptions,
): { readonly finding: Finding; readonly experiment: NextExperiment } {
  const finding = findings.find(({ id }) => id === options.finding);
  if (finding === undefined) throw missing(options, findings, "there is no finding of that name");
  const { experiment, verdict } = finding;
  if (experiment === undefined) {
    const because =
      verdict === "fail" ? "no one change would show it" : `it did not fail (${verdict})`;
    throw missing(options, findings, because);
  }
  if (experiment.parameters === undefined && experiment.workload === undefined) {
    const because = `${experiment.change} is to be made by hand; then run it again and use \`pgdyno compare\``;
    throw missing(options, findings, because);
  }
  return { finding, experiment };
}

function missing(
  { finding, directory }: HypothesisOptions,
  findings: readonly Finding[],
  because: string,
): DynoError {
  const known = findings
    .filter(({ experiment }) => experiment?.parameters ?? experiment?.workload)
    .map(({ id }) => id);
  const facts = { finding, path: directory, because, known: known.join(", ") || "none" };
  return new DynoError("HYPOTHESIS_MISSING", facts);
}

/** The load under which it was seen, as it was and with the change. */
function stageOf(
  planned: PlannedTrial,
  { parameters = {}, workload = {} }: NextExperiment,
  pairs: number,
): CompareStage {
  const {
    workload: id,
    workloadOptions,
    clients,
    rateTps,
    warmupMs,
    windowMs,
    cooldownMs,
  } = planned;
  const before = planned.parameters ?? {};
  const version = planned.version ?? null;
  const changed = { ...(workloadOptions as object), ...workload };
  return {
    kind: "compare",
    workload: { id, options: workloadOptions },
    variants: [
      { name: "unchanged", parameters: before, version, workload: null },
      {
        name: "changed",
        parameters: { ...before, ...parameters },
        version,
        workload: { id, options: changed },
      },
    ],
    clients,
    rateTps,
    pairs,
    controlPairs: CONTROL_PAIRS,
    windowMs,
    warmupMs,
    cooldownMs,
    between: "restore",
  };
}

async function conclude(
  directory: string,
  finding: string,
  { change, predicts }: NextExperiment,
): Promise<HypothesisResult> {
  const record = await readRecord(directory);
  const { trials } = analyzeRecord(record);
  const [comparison] = analyzeComparisons(record, trials);
  const own = trials.filter(({ planned }) => planned.role !== "control");
  const of = { baseline: "unchanged", variant: "changed", metric: predicts.metric };
  const { a, b } = pairsOf(record, own, of);
  const result = pairedRatio(a, b, { betterIs: BETTER_IS[predicts.metric] });
  return {
    finding,
    change,
    predicts,
    ...concludeHypothesis(predicts, result, comparison!.control),
    run: record.manifest.id,
  };
}
