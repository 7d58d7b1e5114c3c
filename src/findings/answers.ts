import type { Answer, EvidenceItem } from "./rule.ts";

/** The problem is not there, as far as this window shows. */
export function pass(because: string, evidence: readonly EvidenceItem[] = []): Answer {
  return { is: "pass", because, evidence };
}

/** Nothing can be said, and why. */
export function unknown(because: string, evidence: readonly EvidenceItem[] = []): Answer {
  return { is: "unknown", because, evidence };
}

/** The problem is there. `weight` is brought into 0 to 1. */
export function fail(found: Omit<Extract<Answer, { is: "fail" }>, "is">): Answer {
  return { is: "fail", ...found, weight: Math.min(1, Math.max(0, found.weight)) };
}

/** `34 %`, for a share from 0 to 1. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))} %`;
}
