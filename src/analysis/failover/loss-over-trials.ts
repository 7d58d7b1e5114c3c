import { formatNumber } from "../../lib/units.ts";
import type { FailoverTrial, LossOverTrials, TrialLoss } from "./model.ts";

/** One minus the confidence of the bound. */
const DOUBT = 0.05;

/**
 * The share of trials that lose something is below this with 95 % confidence, where none of `trials`
 * did: the largest share that would still give so many trials without a loss once in twenty times.
 * About 3 / n, the rule of three.
 *
 * @see https://doi.org/10.1001/jama.1983.03330370053031
 */
export function shareBelow(trials: number): number {
  return 1 - DOUBT ** (1 / trials);
}

/** What was lost over all trials, with what that says of trials to come. */
export function lossOverTrials(trials: readonly FailoverTrial[]): LossOverTrials {
  const known = trials.flatMap(({ loss }) => (loss.is === "known" ? [loss] : []));
  const withLoss = known.filter(({ lostOk }) => lostOk > 0).length;
  const sum = (valueOf: (loss: Extract<TrialLoss, { is: "known" }>) => number) =>
    known.reduce((total, loss) => total + valueOf(loss), 0);
  const bound = known.length > 0 && withLoss === 0 ? shareBelow(known.length) : null;
  const found = {
    known: known.length,
    withLoss,
    lostOk: sum(({ lostOk }) => lostOk),
    lostWarned: sum(({ lostWarned }) => lostWarned),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lostOkMax: Math.max(0, ...known.map(({ lostOk }) => lostOk)),
    shareBelow: bound,
  };
  return { ...found, sentence: sentenceOf(found, trials.length) };
}

function sentenceOf(
  {
    known,
    withLoss,
    lostOk,
    lostWarned,
    acknowledged,
    lostOkMax,
    shareBelow: bound,
  }: Omit<LossOverTrials, "sentence">,
  trials: number,
): string {
  if (known === 0) return "What was lost is not known: no trial could be compared with its table.";
  const some = known === trials ? "" : ` In ${trials - known} more it is not known.`;
  const warned =
    lostWarned === 0
      ? ""
      : ` ${formatNumber(lostWarned)} more were acknowledged with a warning that no standby had confirmed them.`;
  const times = `${known} ${known === 1 ? "trial" : "trials"}`;
  if (bound !== null) {
    return (
      `0 of ${formatNumber(acknowledged)} acknowledged writes lost in ${times}: ` +
      `with 95 % confidence fewer than ${formatNumber(Math.ceil(bound * 1000) / 10)} % of such failures lose any.${warned}${some}`
    );
  }
  return (
    `${formatNumber(lostOk)} of ${formatNumber(acknowledged)} acknowledged writes lost, ` +
    `in ${withLoss} of ${times}, at most ${formatNumber(lostOkMax)} in one.${warned}${some}`
  );
}
