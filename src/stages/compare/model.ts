import type { ComparedMetric, ControlResult } from "../../analysis/compare/model.ts";
import type { ComparedVariant } from "../../record/format.ts";

/** A comparison of a run. */
export interface ComparisonAnalysis {
  readonly stage: number;
  readonly title: string;
  readonly variants: readonly ComparedVariant[];
  readonly control: ControlResult;
  /** `invalid`: the control found a difference where there is none. */
  readonly validity: "valid" | "invalid";
  readonly metrics: readonly ComparedMetric[];
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** Variants in pairs with the first one. */
    readonly comparisons: readonly ComparisonAnalysis[];
  }
}
