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
