import type { TargetPlan } from "./target-plan.ts";
import type { z } from "zod";
import type { PartContext } from "./context.ts";
import type { Simulation } from "./simulation.ts";
import type { Step } from "./step.ts";
import type { TargetAnswer, TargetAsks } from "./target-asks.ts";
import type { Json } from "../record/json.ts";
import type { TargetHandle } from "./target-handle.ts";
import type { UndoEntry } from "./undoer.ts";

/** What a run will do with its target. */
export interface TargetUse {
  /** False where the target is only watched: then nothing in it may be written, not even a marker. */
  readonly isLoaded: boolean;
  /** False where every load only reads, as far as can be told: then a server that takes no writes will do. */
  readonly writes: boolean;
}

/** A target that is about to come up. */
export interface OpenTarget {
  readonly steps: readonly Step[];
  /** Valid once every step is up. */
  handle(): TargetHandle;
  /** How another process finds it again, once every step is up; absent where none can. */
  state?(): TargetState;
  /** Stands in for workloads and probes where there is no server; absent on a real target. */
  simulation?(): Simulation;
}

/** How another process finds a target again that is up. Data, and no secret among it. */
export interface TargetState {
  /** For `Target.attach`. */
  readonly facts: Json;
  /** What takes the target down, as its steps have entered it into the journal. */
  readonly undoing: readonly UndoEntry[];
}

/** `gone`: there is nothing that could be taken over, and why, in a sentence. */
export type Attachment =
  | { readonly is: "attached"; readonly target: OpenTarget }
  | { readonly is: "gone"; readonly because: string };

/**
 * Where PostgreSQL lives. Declares how it comes up and goes down; starts nothing by itself.
 */
export interface Target<Options = unknown> {
  /** kebab-case; the key under `target:` in the experiment. */
  readonly id: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** True where its time is virtual: the whole run is computed from the seed. */
  readonly simulated?: true;
  /** Must touch nothing but what it can read cheaply on this machine. */
  plan(options: Options, context: PartContext): Promise<TargetPlan>;
  /**
   * Looks whether the target can do what is asked of it, so that nothing is set up in vain. Sets nothing up
   * itself. Absent where there is nothing that could be looked at.
   */
  check?(options: Options, asks: TargetAsks, context: PartContext): Promise<TargetAnswer>;
  /** Without `use` it will be loaded. */
  open(options: Options, context: PartContext, use?: TargetUse): OpenTarget;
  /**
   * Finds a target again that an earlier process brought up and is up still. Its steps enter into the journal
   * what takes it down, and come down as those of `open`. Absent where nothing outlives a process.
   *
   * @param state `TargetState.facts`, perhaps of an older version
   */
  attach?(state: unknown, options: Options, context: PartContext): Promise<Attachment>;
}

/** Gives the target back typed. */
export function defineTarget<Options>(target: Target<Options>): Target<Options> {
  return target;
}
