import { SAME_LOAD_SHARE_MIN } from "../analysis/thresholds.ts";
import { formatNumber } from "../lib/units.ts";
import type { HypothesisResult } from "../record/hypothesis.ts";
import type { Finding } from "./rule.ts";

/** A finding, and the transactions per second under which it was judged; `null` where not counted. */
export interface JudgedAt {
  readonly finding: Pick<Finding, "verdict" | "because">;
  readonly tps: number | null;
}

/** Whether a finding is gone after the change that it asks for, under a load that could still show it. */
export function concludeChange(
  before: JudgedAt,
  after: JudgedAt,
): Pick<HypothesisResult, "is" | "because"> {
  const { verdict, because } = after.finding;
  if (verdict === "fail") return { is: "refuted", because: `It is still there: ${because}` };
  if (verdict === "unknown") {
    return { is: "undecided", because: `Whether it is gone cannot be told: ${because}` };
  }
  const [was, is] = [before.tps, after.tps];
  if (was !== null && is !== null && is < SAME_LOAD_SHARE_MIN * was) {
    const rates = `${formatNumber(is)} transactions per second after ${formatNumber(was)}`;
    return {
      is: "undecided",
      because: `It is gone, but so is most of the load (${rates}): bring that back, and measure again.`,
    };
  }
  return { is: "confirmed", because: `It is gone, as predicted: ${because}` };
}
