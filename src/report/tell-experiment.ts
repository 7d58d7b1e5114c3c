import type { Finding } from "../findings/rule.ts";
import type { Prediction } from "../record/hypothesis.ts";

/** What would test a finding, and what a test of it showed; `null` where there is neither. */
export function tellExperiment({ id, experiment, tested }: Finding, run: string): string | null {
  const last = tested?.at(-1);
  if (last !== undefined) return `Tested by ${last.change}: ${last.is}. ${last.because}`;
  if (experiment === undefined) return null;
  const { change, predicts, parameters, workload } = experiment;
  const command = `pgdyno test-hypothesis runs/${run} ${id}`;
  if (parameters !== undefined || workload !== undefined) {
    return `With ${change} ${tellPrediction(predicts)}: \`${command}\`.`;
  }
  const foretold = predicts === null ? "" : `${tellPrediction(predicts)}, and `;
  return `With ${change} ${foretold}this must be gone: make that change, measure again, and \`${command} --after runs/latest\`.`;
}

/** `throughput must be at least 1.2 times as much`. */
export function tellPrediction(predicts: Prediction | null): string {
  if (predicts === null) return "this must be gone";
  const { metric, direction, bound } = predicts;
  const most = direction === "higher" ? "at least" : "at most";
  return `${metric} must be ${most} ${Number(bound.toPrecision(3))} times as much`;
}
