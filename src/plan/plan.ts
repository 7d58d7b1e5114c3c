import type { RecordedPlan } from "../record/format.ts";
import type { Json } from "../record/json.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";

/** What an experiment will do, before anything is touched. */
export interface Plan extends RecordedPlan {
  readonly name: string;
  readonly target: { readonly id: string; readonly summary: string; readonly options: Json };
  /** Trials in the order in which they run. */
  readonly trials: readonly PlanTrial[];
  /** Stages whose trials are decided one after the other, from what was measured before. */
  readonly adaptive: readonly AdaptivePlan[];
  /** In the order in which they are first loaded. */
  readonly datasets: readonly PlannedDataset[];
  readonly stages: readonly StageSummary[];
  /** How the load is divided among workers, a line each; empty where this program carries it. */
  readonly workers: readonly string[];
  /** In order; their sum is `estimatedMs`. */
  readonly phases: readonly PlannedPhase[];
  readonly disk: DiskNeed;
  readonly memory: MemoryNeed;
  /** Programs that must be found, each once. */
  readonly needs: readonly string[];
  /** Sentences that a reader must know before the run, with their place in the file. */
  readonly warnings: readonly string[];
  /** False where no load writes, as far as can be told. */
  readonly writes: boolean;
}

export interface PlanTrial extends PlannedTrial {
  /** The dataset that must be there; `null` where the workload needs none of ours. */
  readonly dataset: string | null;
  /** `restore`: the kept state is put back before this trial where the one before it wrote. */
  readonly between: "restore" | "keep";
}

/** A stage whose trials are decided while it runs; what they are made of is the business of its kind. */
export interface AdaptivePlan {
  readonly kind: string;
  /** From 0. */
  readonly stage: number;
  readonly precisionShare: number;
  /** Never more trials than this, nor more load. */
  readonly trialsMax: number;
  readonly budgetMs: number | null;
}

export interface PlannedDataset {
  readonly key: string;
  readonly title: string;
  /** Who loads it, and with which options. */
  readonly workload: string;
  readonly options: unknown;
  /** `null` where it cannot be told in advance. */
  readonly estimatedBytes: number | null;
  readonly estimatedMs: number;
  /** How often it is loaded in the order of the trials. */
  readonly loads: number;
  /** True where a second copy is kept to restore from. */
  readonly kept: boolean;
}

export interface StageSummary {
  /** From 0. */
  readonly stage: number;
  readonly kind: string;
  readonly workloads: readonly {
    readonly id: string;
    readonly title: string;
    readonly options: Json;
  }[];
  /** One line each: at which levels, how long, how often. */
  readonly lines: readonly string[];
  readonly points: number;
  readonly repetitions: number;
  /** As many at most, where they are decided on the way. */
  readonly trials: number;
  readonly isDecidedOnTheWay: boolean;
  readonly estimatedMs: number;
}

export interface PlannedPhase {
  readonly title: string;
  readonly estimatedMs: number;
}

export interface DiskNeed {
  /** What the need is made of. */
  readonly parts: readonly { readonly title: string; readonly bytes: number }[];
  /** `null` where a dataset's size is not known in advance. */
  readonly neededBytes: number | null;
  /** `null` where the volume is not on this machine or cannot be asked. */
  readonly freeBytes: number | null;
  /** The folder whose volume takes the data; `null` where it is elsewhere. */
  readonly path: string | null;
}

export interface MemoryNeed {
  /** What the database may use; `null` where it is not known before it is up. */
  readonly availableBytes: number | null;
  readonly sharedBuffersBytes: number | null;
  /** One sentence per dataset: how its size stands to the memory. */
  readonly regimes: readonly string[];
}
