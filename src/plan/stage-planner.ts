import type { AskedVariant } from "../contracts/target-asks.ts";
import type { TargetPlan } from "../contracts/target-plan.ts";
import type { FieldPath } from "../lib/field-path.ts";
import type { Random } from "../lib/random.ts";
import type { StageQuestion } from "../record/format.ts";
import type { Stage } from "../spec/experiment.ts";
import type { AdaptivePlan, DiskNeed, PlanTrial, StageSummary } from "./plan.ts";
import type { PlannedChoice } from "./planned-choice.ts";
import type { StageLoads } from "./stage-loads.ts";

/** How a kind of stage becomes trials. Touches nothing: the same stage and seed, the same trials. */
export interface StagePlanner<S extends Stage = Stage, A extends AdaptivePlan = AdaptivePlan> {
  /** What it loads the target with; absent where it only watches. `place`: where the stage stands in the file. */
  loads?(stage: S, place: FieldPath): StageLoads;
  /** @throws {DynoError} where the target is known not to have what is asked for */
  plan(stage: S, scene: PlanScene): PlannedStage<A>;
  /** Trials that those to be decided are made of, without their level; absent where none is decided on the way. */
  templates?(adaptive: A): readonly PlanTrial[];
  /** For people. `own`: the stage's trials, as many as there may be at most. */
  tell(
    stage: S,
    about: {
      readonly own: readonly PlanTrial[];
      readonly target: TargetPlan;
      /** What its loads count per second: `tps`. */
      readonly rate: string;
    },
  ): Pick<StageSummary, "points" | "repetitions" | "lines">;
  /** Servers that differ from the target as it comes up, by name; absent where none does. */
  variants?(stage: S, place: FieldPath): readonly NamedVariant[];
  /** From the end of a trial's load until the next one may begin; absent: no time worth a word. */
  aftermathMs?(trial: PlanTrial): number;
  /** What these trials, all of this kind in the run, take of the disk beyond the data; absent: nothing. */
  listDisk?(trials: readonly PlanTrial[], about: DiskScene): DiskNeed["parts"];
}

/** A kind of stage as the plan needs it. */
export interface PlannableStage {
  readonly kind: string;
  readonly plan: StagePlanner;
}

export interface NamedVariant {
  readonly name: string;
  readonly variant: AskedVariant;
}

export interface PlanScene {
  /** Of the stage in the experiment, from 0. */
  readonly index: number;
  /** The stage's loads, in the order in which it named them. */
  readonly choices: readonly PlannedChoice[];
  readonly random: Random;
  readonly target: TargetPlan;
  /** Goals are shares of what a first look finds. */
  readonly hasFirstLook: boolean;
}

/** A stage as the plan has it: its trials, or how they will be decided, and what they are to answer. */
export interface PlannedStage<A extends AdaptivePlan = AdaptivePlan> {
  readonly trials: readonly PlanTrial[];
  /** Absent where no trial is decided on the way. */
  readonly adaptive?: A | null;
  /** Absent where its trials answer nothing together. */
  readonly question?: StageQuestion | null;
  /** The most that it may do, to reckon time and data with; absent: its trials. It mostly ends long before. */
  readonly atMost?: readonly PlanTrial[];
}

export interface DiskScene {
  /** Loaded, with what it grows by. */
  readonly dataBytes: number;
  /** An empty cluster. */
  readonly emptyBytes: number;
  /** Servers that each have a copy. */
  readonly members: number;
  readonly isArchived: boolean;
}
