import type { ComparedVariant } from "../../record/format.ts";
import type { PairedRatio } from "../statistics/paired-ratio.ts";
import type { Unknown } from "../statistics/readings.ts";
import type { Metric } from "./metrics.ts";

/** One figure of one variant against the first variant. */
export interface ComparedMetric {
  readonly variant: string;
  readonly metric: Metric;
  /** Means over the pairs that count; `null` where there is none. */
  readonly baseline: number | null;
  readonly value: number | null;
  readonly result: (PairedRatio & { readonly adjustedPValue: number }) | Unknown;
}

/** What pairs of a thing with itself showed. */
export interface ControlResult {
  readonly is: "same" | "different" | "not-done" | "unknown";
  readonly because: string;
  readonly metrics: readonly { readonly metric: Metric; readonly result: PairedRatio | Unknown }[];
}

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

declare module "../model.ts" {
  interface StageResults {
    /** Variants in pairs with the first one. */
    readonly comparisons: readonly ComparisonAnalysis[];
  }
}
