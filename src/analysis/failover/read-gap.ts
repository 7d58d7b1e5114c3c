import type { RunEvent } from "../../record/events.ts";
import type { ReadService } from "./model.ts";

/**
 * How long a reader that takes any server went without an answer: the longest stretch that ends after
 * the fault; `null` where nobody read.
 */
export function readServiceOf(
  events: readonly RunEvent[],
  trial: string,
  faultMs: number,
): ReadService | null {
  const seen = events.find((event) => event.kind === "reads" && event.trial === trial);
  if (seen?.kind !== "reads") return null;
  const { gaps, toMs, leastMs } = seen;
  const lengths = (which: (gap: (typeof gaps)[number]) => boolean) =>
    gaps.filter(which).map(({ startMs, endMs }) => (endMs ?? toMs) - startMs);
  const after = lengths(({ endMs }) => endMs === null || endMs >= faultMs);
  const before = lengths(({ endMs }) => endMs !== null && endMs < faultMs);
  return {
    gapMs: Math.max(leastMs, ...after),
    resolutionMs: Math.max(leastMs, ...before),
    isBack: !gaps.some(({ endMs }) => endMs === null),
  };
}
