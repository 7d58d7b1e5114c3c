import type { Fault } from "../../contracts/fault.ts";
import type { TrialScene } from "../run-trial.ts";
import type { TrackScene } from "./track-wal.ts";

/** What a trial needs that measures one station of the WAL on its own. */
export interface CeilingScene extends TrialScene {
  readonly faults: readonly Fault[];
  /** For reading positions often, beside the sampler. */
  readonly connect: TrackScene["connect"];
}
