import { increase } from "../counters.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { evidenceOf } from "../evidence-of-window.ts";
import type { TrialAnalysis } from "../model.ts";

/** A figure of a trial that is compared. */
export type Metric = "throughput" | "p99" | "p95" | "wal-per-transaction";

/** What one wants of it. */
export const BETTER_IS: Readonly<Record<Metric, "higher" | "lower">> = {
  throughput: "higher",
  p99: "lower",
  p95: "lower",
  "wal-per-transaction": "lower",
};

export const METRIC_UNIT: Readonly<Record<Metric, string>> = {
  throughput: "tps",
  p99: "ms",
  p95: "ms",
  "wal-per-transaction": "bytes",
};

/**
 * Gates that say that the machine was not the database's alone. Whoever is next to it in time suffers
 * alike, so that in a pair they widen the interval and do not take the figure away.
 */
const SHARED_NOISE = new Set(["external-cpu", "steal"]);

/** True where the figure may stand in a pair. */
export function isUsable({ validity }: TrialAnalysis): boolean {
  return validity.reasons.every(({ grade, gate }) => grade !== "invalid" || SHARED_NOISE.has(gate));
}

/** `null` where the trial does not give it. */
export function metricOf(record: RunRecord, trial: TrialAnalysis, metric: Metric): number | null {
  if (!isUsable(trial) || trial.window === null) return null;
  switch (metric) {
    case "throughput":
      return trial.throughputTps;
    case "p99":
      return trial.latency.p99Ms;
    case "p95":
      return trial.latency.p95Ms;
    case "wal-per-transaction": {
      const bytes = increase(evidenceOf(record, trial.window, trial).series("pg-wal", "walBytes"));
      const windowS = (trial.window.endMs - trial.window.startMs) / 1000;
      const transactions = (trial.throughputTps ?? 0) * windowS;
      return bytes === null || transactions <= 0 ? null : bytes / transactions;
    }
  }
}
