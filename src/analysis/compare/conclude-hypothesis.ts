import type { HypothesisResult, Prediction } from "../../record/hypothesis.ts";
import type { PairedRatio } from "../statistics/paired-ratio.ts";
import type { Unknown } from "../statistics/readings.ts";
import type { ControlResult } from "./model.ts";

/** Whether what was predicted came true, from pairs with and without the change. */
export function concludeHypothesis(
  { direction, bound, ratio: expected }: Prediction,
  result: PairedRatio | Unknown,
  control: ControlResult,
): Pick<HypothesisResult, "is" | "because" | "ratio"> {
  if (result.is === "unknown") {
    return { is: "undecided", because: result.because, ratio: null };
  }
  const { ratio: value, low, high } = result;
  const ratio = { value, low, high };
  const range = `the change gave ${show(value)} times as much (${show(low)} to ${show(high)})`;
  const wanted = `at ${direction === "higher" ? "least" : "most"} ${show(bound)} was predicted${expected === null ? "" : `, ${show(expected)} where it explains all`}`;
  const say = (is: HypothesisResult["is"], why: string) => ({
    is,
    because: `${why}: ${range}; ${wanted}.`,
    ratio,
  });
  if (control.is === "different") return say("undecided", "The same thing twice differed");
  const isUp = direction === "higher";
  // The interval decides: all of it on the right side of 1 and the figure beyond the bound, or none of it beyond.
  const isClaimed = result.verdict === "better" || result.verdict === "worse";
  const isBeyond = isUp ? low > 1 && value >= bound : high < 1 && value <= bound;
  if (isClaimed && isBeyond) return say("confirmed", "As predicted");
  const isShort = isUp ? high < bound : low > bound;
  if (isShort) return say("refuted", "Not as predicted");
  return say("undecided", "The interval is too wide to tell");
}

function show(ratio: number): string {
  return String(Number(ratio.toPrecision(3)));
}
