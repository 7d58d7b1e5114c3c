import { formatNumber } from "../../lib/units.ts";
import type { FailoverTrial, LossOverTrials, TrialLoss } from "./model.ts";
import { lossBoundWithoutLoss } from "../statistics/loss-bound.ts";

/**
 * What was lost over all trials, with what that says of trials to come. An acknowledgement counts as
 * one whatever came with it: few applications read a warning, or a fatal message behind the answer.
 */
export function lossOverTrials(trials: readonly FailoverTrial[]): LossOverTrials {
  const known = trials.flatMap(({ loss }) => (loss.is === "known" ? [loss] : []));
  const lostOf = ({ lostOk, lostWarned }: KnownLoss) => lostOk + lostWarned;
  const withLoss = known.filter((loss) => lostOf(loss) > 0).length;
  const sum = (valueOf: (loss: KnownLoss) => number) =>
    known.reduce((total, loss) => total + valueOf(loss), 0);
  const found = {
    known: known.length,
    withLoss,
    lost: sum(lostOf),
    lostWarned: sum(({ lostWarned }) => lostWarned),
    lostMax: Math.max(0, ...known.map(lostOf)),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    shareBelow: known.length > 0 && withLoss === 0 ? lossBoundWithoutLoss(known.length) : null,
  };
  return { ...found, sentence: sentenceOf(found, trials.length) };
}

type KnownLoss = Extract<TrialLoss, { is: "known" }>;

function sentenceOf(found: Omit<LossOverTrials, "sentence">, trials: number): string {
  const { known, withLoss, lost, lostWarned, lostMax, acknowledged, shareBelow: bound } = found;
  if (known === 0) return "What was lost is not known: no trial could be compared with its table.";
  const some = known === trials ? "" : ` In ${trials - known} more it is not known.`;
  const times = `${known} ${known === 1 ? "trial" : "trials"}`;
  if (bound !== null) {
    return (
      `0 of ${formatNumber(acknowledged)} acknowledged writes lost in ${times}: ` +
      `with 95 % confidence fewer than ${formatNumber(Math.ceil(bound * 1000) / 10)} % of such trials lose any.${some}`
    );
  }
  const warned =
    lostWarned === 0
      ? ""
      : ` For ${lostWarned === lost ? "all of them" : formatNumber(lostWarned)} the acknowledgement came with a warning or the server's last words.`;
  return (
    `${formatNumber(lost)} of ${formatNumber(acknowledged)} acknowledged writes lost, ` +
    `in ${withLoss} of ${times}, at most ${formatNumber(lostMax)} in one.${warned}${some}`
  );
}
