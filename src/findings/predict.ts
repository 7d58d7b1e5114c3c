import type { NextExperiment, Prediction } from "../record/hypothesis.ts";

/**
 * Part of the predicted change, on logs, that must be seen: other limits come into play as soon as one is
 * lifted (rows that took nine tenths of the time: ten times as much by the share, 2.5 times in fact),
 * but a cause of which not even a quarter comes true is not the cause.
 */
const PART_MIN = 0.25;
/** Less than this is nothing that anybody would notice. */
const CHANGE_MIN = 0.03;
/** Nothing gets faster than this by one change, whatever the shares say. */
const RATIO_MAX = 10;

/** With the cause gone, its share of the time is gone: throughput rises by 1 / (1 − share) at most. */
export function fasterBy(share: number): Prediction {
  const ratio = Math.min(RATIO_MAX, 1 / (1 - Math.min(0.99, Math.max(0, share))));
  const bound = Math.max(1 + CHANGE_MIN, ratio ** PART_MIN);
  return { metric: "throughput", direction: "higher", ratio, bound };
}

/** Throughput must rise; by how much is not told. */
export const FASTER: Prediction = {
  metric: "throughput",
  direction: "higher",
  ratio: null,
  bound: 1 + CHANGE_MIN,
};

/** WAL per transaction must fall to this share of what it is, or a good part of the way there. */
export function lessWal(share: number | null): Prediction {
  const bound = 1 - Math.max(CHANGE_MIN, (1 - (share ?? 0.9)) * PART_MIN);
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
