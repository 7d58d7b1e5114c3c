/** A time in which the target was watched, with no load of ours. */
export interface ObservationAnalysis {
  /** Index of the stage, from 0, and what people call it: `watched in stage 2`. */
  readonly stage: number;
  readonly title: string;
  /** `null` where the run ended before it. */
  readonly window: { readonly startMs: number; readonly endMs: number } | null;
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** Stages that only watched. */
    readonly observations: readonly ObservationAnalysis[];
  }
}
