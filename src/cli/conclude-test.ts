import path from "node:path";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import { pairsOf } from "../stages/compare/analyze.ts";
import { concludeHypothesis } from "../analysis/compare/conclude-hypothesis.ts";
import { BETTER_IS } from "../analysis/compare/metrics.ts";
import { pairedRatio } from "../analysis/statistics/paired-ratio.ts";
import type { TestedFinding } from "../record/format.ts";
import { appendHypothesis } from "../record/hypotheses-file.ts";
import type { HypothesisResult, Prediction } from "../record/hypothesis.ts";
import { readRecord } from "../record/read-record.ts";
import type { RunRecord } from "../record/run-record.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { makeReport } from "./make-report.ts";
import { keepAnswers } from "./tell-report.ts";

export interface AnswerOptions {
  readonly format: string;
  readonly strict: boolean;
}

/**
 * What the finished pairs of a test say of its prediction: into the record of the run that made the
 * finding, and to the user.
 *
 * @param directory of a record that has `tests`
 * @throws {DynoError} RUN_NOT_FOUND where the record that made the finding is no longer there
 */
export async function concludeTest(
  directory: string,
  options: AnswerOptions,
  io: Io,
): Promise<ExitStatus> {
  const record = await readRecord(directory);
  const tests = record.manifest.tests!;
  const result = conclude(record, tests);
  await keepAnswers(directory, await makeReport(directory), io);
  return tellTest(path.resolve(directory, tests.directory), result, options, io);
}

/** Writes the answer down beside the run that made the finding, and says it. */
export async function tellTest(
  directory: string,
  result: HypothesisResult,
  { format, strict }: AnswerOptions,
  io: Io,
): Promise<ExitStatus> {
  io.out(
    format === "json"
      ? `${JSON.stringify(result, null, 2)}\n`
      : `${result.is.toUpperCase()}  ${result.finding}: ${result.change}\n${result.because}\n`,
  );
  // Throws where that record is gone: nothing is made in its place, and the answer has been said.
  await readRecord(directory, () => false);
  await appendHypothesis(directory, result);
  await keepAnswers(directory, await makeReport(directory), io);
  if (result.is === "refuted") return 1;
  return strict && result.is === "undecided" ? 1 : 0;
}

function conclude(record: RunRecord, { finding, experiment }: TestedFinding): HypothesisResult {
  const { change } = experiment;
  // Pairs are planned for figures only.
  const predicts: Prediction = experiment.predicts!;
  const { trials, comparisons } = analyzeRecord(record, STAGE_ANALYSES);
  const [comparison] = comparisons;
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
