import type { AskedVariant } from "../contracts/target-asks.ts";
import type { TargetPlan } from "../contracts/target.ts";
import type { FieldPath } from "../lib/field-path.ts";
import type { Random } from "../lib/random.ts";
import type { StageQuestion } from "../record/format.ts";
import type { Choice } from "../spec/choice.ts";
import type { Stage } from "../spec/experiment.ts";
import type { AdaptivePlan, DiskNeed, Plan, PlanTrial, StageSummary } from "./plan.ts";
import type { PlannedChoice } from "./planned-choice.ts";

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
    about: { readonly own: readonly PlanTrial[]; readonly target: TargetPlan },
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

/** The loads that a stage puts on, and at how many clients. */
export interface StageLoads {
  readonly choices: readonly PlacedChoice[];
  readonly levels: readonly LoadLevel[];
  /** True where the stage sets no rate, so that a workload may bring a profile of its own. */
  readonly leavesRate?: boolean;
}

/** A workload, and where its options stand in the file. */
export interface PlacedChoice {
  readonly choice: Choice;
  readonly place: FieldPath;
}

/** One number of clients that is asked of a server. */
export interface LoadLevel {
  readonly clients: number;
  readonly place: FieldPath;
  /** Which of the stage's variants the server is; absent: the target as it comes up. */
  readonly variant?: string;
  /** Where the file itself limits that server's sessions; absent where it does not. */
  readonly limitPlace?: FieldPath;
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

/** A stage of the experiment, with whoever knows how to plan it. */
export interface PlacedStage {
  readonly stage: Stage;
  readonly index: number;
  readonly place: FieldPath;
  readonly planner: StagePlanner;
  readonly loads: StageLoads;
}

const NO_LOADS: StageLoads = { choices: [], levels: [] };

export function placeStage(
  stage: Stage,
  index: number,
  kinds: readonly PlannableStage[],
): PlacedStage {
  const found = kinds.find(({ kind }) => kind === stage.kind);
  if (found === undefined) throw new Error(`There is no stage \`${stage.kind}\`.`);
  const { plan: planner } = found;
  const place = ["stages", index, stage.kind];
  return { stage, index, place, planner, loads: planner.loads?.(stage, place) ?? NO_LOADS };
}

/** The kind of this stage of a plan. */
export function kindOf({ stages }: Plan, index: number): string {
  return stages.find(({ stage }) => stage === index)!.kind;
}

/** From the end of this trial's load until the next one may begin. */
export function aftermathMs({ planner }: PlacedStage, trial: PlanTrial): number {
  return planner.aftermathMs?.(trial) ?? 0;
}

/** The workload of a stage that has it under `key`. */
export function placeChoice(choice: Choice, ...place: FieldPath): PlacedChoice {
  return { choice, place: [...place, choice.id] };
}

/** The numbers of clients that a stage has under `clients`, one or a list. */
export function clientLevels(clients: number | readonly number[], place: FieldPath): LoadLevel[] {
  const at = [...place, "clients"];
  return typeof clients === "number"
    ? [{ clients, place: at }]
    : clients.map((one) => ({ clients: one, place: [...at, clients.indexOf(one)] }));
}

/** The level at which a stage asks for the most clients; `null` where it asks for none. */
export function highestLevel({ levels }: StageLoads): LoadLevel | null {
  return levels.reduce<LoadLevel | null>(
    (most, level) => (most === null || level.clients > most.clients ? level : most),
    null,
  );
}

/** As many trials, of these kinds in turn, as the limits of a stage let it decide on. */
export function trialsWithin(
  kinds: readonly PlanTrial[],
  { trialsMax, budgetMs }: Pick<AdaptivePlan, "trialsMax" | "budgetMs">,
): readonly PlanTrial[] {
  const eachMs = kinds.reduce((sum, trial) => sum + loadMs(trial), 0) / kinds.length;
  const affordable = budgetMs === null ? trialsMax : Math.floor(budgetMs / eachMs);
  const count = Math.max(1, Math.min(trialsMax, affordable));
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!);
}

function loadMs({ warmupMs, windowMs, cooldownMs }: PlanTrial): number {
  return warmupMs + windowMs + cooldownMs;
}
