import type { OpenTarget, TargetState } from "../contracts/target.ts";

/** What a run whose process is gone left up, as its journal has it: enough for another to go on with it. */
export interface RunState {
  readonly target: TargetState;
  /** `null` where no data is loaded, or it was being loaded. */
  readonly data: HeldData | null;
}

/** The data that is in a target. */
export interface HeldData {
  /** Key of its dataset. */
  readonly loaded: string;
  /** Key of the dataset of which there is a copy to put back; `null` where there is none. */
  readonly kept: string | null;
}

/** A target that an earlier part of this run brought up. */
export interface TakenOver {
  readonly target: OpenTarget;
  readonly data: HeldData | null;
}
