import type { Finding } from "../findings/rule.ts";

/** What would test a finding, and what a test of it showed; `null` where there is neither. */
export function tellExperiment({ id, experiment, tested }: Finding, run: string): string | null {
  const last = tested?.at(-1);
  if (last !== undefined) return `Tested by ${last.change}: ${last.is}. ${last.because}`;
  if (experiment === undefined) return null;
  const { change, predicts, parameters, workload } = experiment;
  const { metric, direction, bound } = predicts;
  const most = direction === "higher" ? "at least" : "at most";
  const how =
    parameters === undefined && workload === undefined
      ? "change it by hand, run again, and `pgdyno compare` the two"
      : `\`pgdyno test-hypothesis runs/${run} ${id}\``;
  return `With ${change} ${metric} must be ${most} ${Number(bound.toPrecision(3))} times as much: ${how}.`;
}
