import type { Answer, Rule } from "./rule.ts";

type Failed = Extract<Answer, { is: "fail" }>;

/** A failure as it stands among others. */
export interface Standing {
  readonly kind: Rule["kind"];
  readonly answer: Failed;
}

/**
 * Below 0 where `a` is told before `b`: asides last, confirmed before suspected, faults before limits,
 * then the heavier one. A closed loop always meets some limit; a fault beside it was not there before.
 */
export function compareFailures(a: Standing, b: Standing): number {
  return (
    rankOf(a, (one) => one.kind === "aside") - rankOf(b, (one) => one.kind === "aside") ||
    rankOf(a, (one) => one.answer.confidence !== "confirmed") -
      rankOf(b, (one) => one.answer.confidence !== "confirmed") ||
    rankOf(a, (one) => one.kind === "limit") - rankOf(b, (one) => one.kind === "limit") ||
    b.answer.weight - a.answer.weight
  );
}

function rankOf(standing: Standing, isLater: (one: Standing) => boolean): number {
  return isLater(standing) ? 1 : 0;
}
