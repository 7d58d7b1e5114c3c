import type { LoadUnit } from "../../record/load-kind.ts";
import type { LatencyGoal } from "../../record/format.ts";
import type { Estimate, ValidityGrade } from "../../analysis/model.ts";
import type { ProbeVerdict } from "./analysis/judge-probe.ts";

/** How far a rate held. `tps`: the largest that did; `failedTps`: the smallest that did not. */
export interface RateBound {
  /** `null`: no rate that was tried held. */
  readonly tps: number | null;
  /** `null`: none failed, so that `tps` is only a lower bound. */
  readonly failedTps: number | null;
  readonly because: string;
}

/** The smallest of the three numbers: what one may plan with. */
export interface Capacity {
  readonly tps: number;
  readonly number: "peak" | "slo-max" | "sustainable";
  readonly sentence: string;
  /** Held again over the long window. */
  readonly isConfirmed: boolean;
  /** Whether it held at four fifths of it as well; `null` where that was not tried. */
  readonly holdsBelow: boolean | null;
  /** The worst of the windows that it rests on; `invalid`: print no headline. */
  readonly validity: ValidityGrade;
}

/** What a search found. */
export interface SearchAnalysis {
  readonly stage: number;
  readonly title: string;
  readonly unit: LoadUnit;
  readonly curve: string;
  readonly until: LatencyGoal;
  /** Of the closed loop; `null` where it gave no figures. */
  readonly peak: {
    readonly tps: number;
    readonly clients: number;
    readonly estimate: Estimate;
  } | null;
  readonly sloMax: RateBound;
  readonly sustainable: RateBound;
  readonly capacity: Capacity | null;
  /** Why there is no capacity, or what the search ended on. */
  readonly because: string;
  readonly probes: readonly ProbeVerdict[];
  readonly trials: number;
  /** Load of all its trials, warm-up and cool-down with it. */
  readonly loadMs: number;
  /** True where its windows do not hold whole checkpoint cycles. */
  readonly quick: boolean;
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** Searches for the largest rate that holds. */
    readonly searches: readonly SearchAnalysis[];
  }
}
