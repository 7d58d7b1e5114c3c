import type { Choice } from "./choice.ts";
import type { ExperimentObjectives } from "./objectives.ts";
import { ceilings, type CeilingsStage } from "./stages/ceilings.ts";
import { compare, type CompareStage } from "./stages/compare.ts";
import { failover, type FailoverStage } from "./stages/failover.ts";
import { ladder, type LadderStage } from "./stages/ladder.ts";
import { observe, type ObserveStage } from "./stages/observe.ts";
import { recovery, type RecoveryStage } from "./stages/recovery.ts";
import { search, type SearchStage } from "./stages/search.ts";
import { syncSurface, type SyncSurfaceStage } from "./stages/sync-surface.ts";
import { switchover, type SwitchoverStage } from "./stages/switchover.ts";

/** An experiment file with every default filled in and every quantity in base units. */
export interface Experiment {
  /** Safe as a folder's name. */
  readonly name: string;
  /** Same seed, same plan. */
  readonly seed: string;
  readonly objectives: ExperimentObjectives;
  readonly target: Choice;
  readonly stages: readonly Stage[];
  /** The folder of the file: relative paths in it start here. */
  readonly directory: string;
}

/** One of the stages, told apart by `kind`. */
export type Stage =
  | LadderStage
  | SearchStage
  | CompareStage
  | CeilingsStage
  | FailoverStage
  | SwitchoverStage
  | RecoveryStage
  | SyncSurfaceStage
  | ObserveStage;

/** Every kind of stage that there is; the order is that of the documentation. */
export const STAGES = [
  ladder,
  search,
  compare,
  ceilings,
  failover,
  switchover,
  recovery,
  syncSurface,
  observe,
] as const;
