import type { Choice } from "./choice.ts";
import type { LoadPlacement } from "./load.ts";
import type { ExperimentObjectives } from "./objectives.ts";

/** An experiment file with every default filled in and every quantity in base units. */
export interface Experiment {
  /** Safe as a folder's name. */
  readonly name: string;
  /** Same seed, same plan. */
  readonly seed: string;
  readonly objectives: ExperimentObjectives;
  readonly target: Choice;
  /** `null`: this program carries the load by itself. */
  readonly load: LoadPlacement | null;
  readonly stages: readonly Stage[];
  /** The folder of the file: relative paths in it start here. */
  readonly directory: string;
}

/** One of the stages. What else it holds is the business of its kind, in `src/stages/`. */
export interface Stage {
  /** Its key in the file. */
  readonly kind: string;
}
