import type { NextExperiment, Prediction } from "../record/hypothesis.ts";
import { PREDICTION } from "../analysis/thresholds.ts";

/** With the cause gone, its share of the time is gone: throughput rises by 1 / (1 − share) at most. */
export function fasterBy(share: number): Prediction {
  const ratio = Math.min(PREDICTION.ratioMax, 1 / (1 - Math.min(0.99, Math.max(0, share))));
  const bound = Math.max(1 + PREDICTION.changeMin, ratio ** PREDICTION.partMin);
  return { metric: "throughput", direction: "higher", ratio, bound };
}

/** Throughput must rise; by how much is not told. */
export const FASTER: Prediction = {
  metric: "throughput",
  direction: "higher",
  ratio: null,
  bound: 1 + PREDICTION.changeMin,
};

/** WAL per transaction must fall to this share of what it is, or a good part of the way there. */
export function lessWal(share: number | null): Prediction {
  const bound = 1 - Math.max(PREDICTION.changeMin, (1 - (share ?? 0.9)) * PREDICTION.partMin);
  return { metric: "wal-per-transaction", direction: "lower", ratio: share, bound };
}

/** A change of one setting. */
export function setting(name: string, value: string, predicts: Prediction): NextExperiment {
  return { change: `${name} = ${value}`, predicts, parameters: { [name]: value } };
}

/** A change that its owner makes: the finding must then be gone, and a figure come out as foretold where one is. */
export function byHand(change: string, predicts: Prediction | null = null): NextExperiment {
  return { change, predicts };
}
