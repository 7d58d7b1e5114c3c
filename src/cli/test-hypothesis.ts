import path from "node:path";
import type { Finding } from "../findings/rule.ts";
import { DynoError } from "../lib/errors.ts";
import type { TestedFinding } from "../record/format.ts";
import type { NextExperiment } from "../record/hypothesis.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import { readRecord } from "../record/read-record.ts";
import { tellPrediction } from "../report/tell-experiment.ts";
import type { CompareStage } from "../stages/compare/schema.ts";
import { concludeTest } from "./conclude-test.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { makeReport } from "./make-report.ts";
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
 * without the one change, in pairs. What comes out is written down beside that run. What is interrupted
 * goes on with `pgdyno resume`.
 *
 * @throws {DynoError} HYPOTHESIS_MISSING, HYPOTHESIS_BY_HAND, what planning and running throw
 */
export async function testHypothesis(options: HypothesisOptions, io: Io): Promise<ExitStatus> {
  const { directory } = options;
  const model = await makeReport(directory);
  const { finding, experiment } = findExperimentOf(model.findings, options);
  const { manifest } = await readRecord(directory, () => false);
  const seen = model.trials.find(
    ({ window }) =>
      window !== null && window.startMs < finding.endMs && window.endMs > finding.startMs,
  );
  if (seen === undefined) throw byHand(options, experiment);
  const recorded = await planRecorded(manifest);
  const stage = stageOf(seen.planned, experiment, options.pairs);
  const planned = await planStages(recorded, `${manifest.name}-test`.slice(0, 63), [stage], {
    say: io.status,
  });
  const { change, predicts } = experiment;
  io.err(`${finding.id}: tests ${change}. Predicted: ${tellPrediction(predicts)}.`);
  const tests = (run: string): TestedFinding => ({
    directory: path.relative(path.resolve(run), path.resolve(directory)),
    finding: finding.id,
    experiment,
  });
  const ending = await runExperiment({
    planned,
    io,
    asJson: options.format === "json",
    finished: new Set(),
    resumed: null,
    openRecord(epochMs) {
      const writer = openNewRecord(options.runs, planned, epochMs);
      writer.update({ tests: tests(writer.directory) });
      return writer;
    },
  });
  return ending.status === 0 ? concludeTest(ending.directory, options, io) : ending.status;
}

/**
 * The finding of that name, and what would test it.
 *
 * @throws {DynoError} HYPOTHESIS_MISSING
 */
export function findTested(
  findings: readonly Finding[],
  { finding: id, directory }: Pick<HypothesisOptions, "finding" | "directory">,
): { readonly finding: Finding; readonly experiment: NextExperiment } {
  const finding = findings.find((one) => one.id === id);
  const experiment = finding?.experiment;
  if (finding !== undefined && experiment !== undefined) return { finding, experiment };
  const known = findings.filter((one) => one.experiment !== undefined).map((one) => one.id);
  throw new DynoError("HYPOTHESIS_MISSING", {
    finding: id,
    path: directory,
    because:
      finding === undefined
        ? "there is no finding of that name"
        : `it did not fail (${finding.verdict})`,
    known: known.join(", ") || "none",
  });
}

function findExperimentOf(findings: readonly Finding[], options: HypothesisOptions) {
  const found = findTested(findings, options);
  const { parameters, workload } = found.experiment;
  if (parameters === undefined && workload === undefined) throw byHand(options, found.experiment);
  return found;
}

function byHand({ finding, directory }: HypothesisOptions, { change }: NextExperiment): DynoError {
  return new DynoError("HYPOTHESIS_BY_HAND", { finding, path: directory, change });
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
