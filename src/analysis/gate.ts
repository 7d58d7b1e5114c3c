import { formatNumber } from "../lib/units.ts";
import type { Evidence } from "./evidence.ts";
import type { TrialAnalysis, Validity } from "./model.ts";

/** One reason against a trial. */
export type GateReason = Validity["reasons"][number];

/** What the gates look at. `trial` is complete but for its validity. */
export interface GateFacts {
  readonly trial: Omit<TrialAnalysis, "validity">;
  /** `null` where the trial had no window. */
  readonly evidence: Evidence | null;
  /** Part of the window that the generator reported on, 0 to 1. */
  readonly coveredShare: number;
  readonly quick: boolean;
  readonly failedBecause: string | null;
  readonly restartsMs: readonly number[];
}

/** A reason where a share is above the bounds of its gate. */
export function reasonAbove(
  value: number | null,
  bounds: { readonly degraded: number; readonly invalid: number },
  gate: string,
  because: (percent: string) => string,
): GateReason[] {
  if (value === null || !(value > bounds.degraded)) return [];
  const grade = value > bounds.invalid ? "invalid" : "degraded";
  return [{ grade, gate, because: because(`${formatNumber(value * 100)} %`) }];
}
