import type { RunManifest } from "../../record/format.ts";
import { targetFacts } from "../../record/target-facts.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { measuredTrials } from "../measured-trials.ts";
import type { Analysis, TrialAnalysis } from "../model.ts";
import { judgeFamily } from "../statistics/family.ts";
import { deviationOf, meanOf } from "../statistics/moments.ts";
import { twoRunRatio } from "../statistics/two-run-ratio.ts";
import { BETTER_IS, metricOf, type Metric } from "./metrics.ts";
import type { ComparedMetric } from "./model.ts";

/** A recorded run with its numbers. */
export interface ReadRun {
  readonly record: RunRecord;
  readonly analysis: Analysis;
}

/** Two runs at the loads that they have in common. */
export interface RunComparison {
  readonly a: string;
  readonly b: string;
  /** What the runs differ in beside the figures: the likeliest causes of a difference, or its flaws. */
  readonly differences: readonly FingerprintDifference[];
  readonly points: readonly ComparedPoint[];
  /** Points that only one of the runs has. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  /** What time alone does from one block of a run to the next, share. */
  readonly blockDeviation: number;
  /** Why one should not compare these two as if only one thing differed; sentences. */
  readonly reservations: readonly string[];
}

export interface FingerprintDifference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** One load, one figure. `variant` is its name for people. */
export type ComparedPoint = ComparedMetric;

const METRICS: readonly Metric[] = ["throughput", "p99"];

/** Compares two recorded runs: like with like, every point, one family. Pure. */
export function compareRuns(a: ReadRun, b: ReadRun): RunComparison {
  const [pointsA, pointsB] = [pointsOf(a), pointsOf(b)];
  const common = [...pointsA.keys()].filter((key) => pointsB.has(key));
  const differences = listDifferences(a.record.manifest, b.record.manifest);
  const blockDeviation = Math.max(blockDeviationOf(a), blockDeviationOf(b));
  const compared = common.flatMap((key) =>
    METRICS.map((metric) => {
      const [ofA, ofB] = [
        valuesOf(a, pointsA.get(key)!, metric),
        valuesOf(b, pointsB.get(key)!, metric),
      ];
      const result = twoRunRatio(ofA, ofB, { betterIs: BETTER_IS[metric], blockDeviation });
      return {
        variant: key,
        metric,
        baseline: meanOf(known(ofA)),
        value: meanOf(known(ofB)),
        result,
      };
    }),
  );
  const told = compared.flatMap(({ result }) => (result.is === "compared" ? [result] : []));
  const judged = judgeFamily(told);
  return {
    a: a.record.manifest.id,
    b: b.record.manifest.id,
    differences,
    points: compared.map((one) => {
      const { result } = one;
      return { ...one, result: result.is === "compared" ? judged[told.indexOf(result)]! : result };
    }),
    onlyInA: [...pointsA.keys()].filter((key) => !pointsB.has(key)),
    onlyInB: [...pointsB.keys()].filter((key) => !pointsA.has(key)),
    blockDeviation,
    reservations: listReservations(a, b, differences),
  };
}

/** Trials by load: workload with its options, clients and rate. A rate that a search chose counts, too. */
function pointsOf({ analysis }: ReadRun): Map<string, readonly TrialAnalysis[]> {
  const points = new Map<string, TrialAnalysis[]>();
  for (const trial of analysis.trials) {
    const { planned } = trial;
    if (planned.disturbance !== undefined || planned.calibrates === true) continue;
    if (planned.role === "control") continue;
    const { workload, curveTitle, clients, rateTps, mode } = planned;
    const level = `${clients} ${clients === 1 ? "client" : "clients"}`;
    const rate = mode === "open" ? ` at ${rateTps ?? 0} tps` : "";
    const key = `${workload} ${curveTitle}, ${level}${rate}`;
    points.set(key, [...(points.get(key) ?? []), trial]);
  }
  return new Map([...points].map(([key, trials]) => [key, measuredTrials(trials)]));
}

function valuesOf({ record }: ReadRun, trials: readonly TrialAnalysis[], metric: Metric) {
  return trials.map((trial) => metricOf(record, trial, metric));
}

/**
 * How far one block (a repetition of every point) lies from the next, on logs of throughput, after each
 * point's own level is taken off: what the machine does in the course of a run.
 */
function blockDeviationOf(run: ReadRun): number {
  const byBlock = new Map<number, number[]>();
  for (const trials of pointsOf(run).values()) {
    const logs = trials.map((trial) => {
      const value = metricOf(run.record, trial, "throughput");
      return value === null || value <= 0 ? null : Math.log(value);
    });
    const level = meanOf(known(logs));
    if (level === null || known(logs).length < 2) continue;
    logs.forEach((log, i) => {
      if (log === null) return;
      const block = trials[i]!.planned.repetition;
      byBlock.set(block, [...(byBlock.get(block) ?? []), log - level]);
    });
  }
  return deviationOf([...byBlock.values()].map((values) => meanOf(values)!)) ?? 0;
}

function listDifferences(a: RunManifest, b: RunManifest): FingerprintDifference[] {
  const facts = (one: RunManifest): Record<string, string> => ({
    pgdyno: one.pgdynoVersion,
    ...targetFacts(one),
    ...Object.fromEntries(one.tools.map(({ tool, version }) => [`tool ${tool}`, version])),
  });
  const [ofA, ofB] = [facts(a), facts(b)];
  return [...new Set([...Object.keys(ofA), ...Object.keys(ofB)])].flatMap((what) => {
    const [one, other] = [ofA[what] ?? "absent", ofB[what] ?? "absent"];
    return one === other ? [] : [{ what, a: one, b: other }];
  });
}

function listReservations(
  a: ReadRun,
  b: ReadRun,
  differences: readonly FingerprintDifference[],
): string[] {
  const invalid = [a, b].reduce(
    (sum, { analysis }) =>
      sum + analysis.trials.filter(({ validity }) => validity.is === "invalid").length,
    0,
  );
  const isDurable = (run: ReadRun) =>
    run.analysis.trials.every(
      ({ validity }) => !validity.reasons.some(({ gate }) => gate === "not-durable"),
    );
  return [
    ...(isDurable(a) === isDurable(b)
      ? []
      : ["One of the runs is not durable: what it gains it gains by risking data."]),
    ...(differences.length > 1
      ? [
          `${differences.length} things differ beside the figures: which of them makes a difference cannot be told.`,
        ]
      : []),
    ...(invalid > 0
      ? [
          `${invalid} trials are invalid; those that only the machine's neighbours spoiled still count.`,
        ]
      : []),
    "The runs were made one after the other: a `compare` stage, which interleaves, tells smaller differences.",
  ];
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null);
}
