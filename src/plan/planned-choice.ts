import type { WorkloadPlan } from "../contracts/workload.ts";
import type { LoadKind } from "../record/load-kind.ts";
import type { FieldPath } from "../lib/field-path.ts";
import type { Choice } from "../spec/choice.ts";

/** A workload of the stage with its plan. */
export interface PlannedChoice {
  readonly choice: Choice;
  readonly plan: WorkloadPlan;
  /** What it loads, and what it counts. */
  readonly kind: LoadKind;
  /** Where the workload's options stand in the file. */
  readonly place: FieldPath;
}

/** Of every trial of this load; nothing where it writes, or may. */
export function tellReadsOnly({ readsOnly }: WorkloadPlan): { readonly readsOnly?: true } {
  return readsOnly === true ? { readsOnly } : {};
}

/** Whether a load changes the server: by the data that it loads, or by its statements, as far as they tell. */
export function writes({ dataset, readsOnly }: WorkloadPlan): boolean {
  return dataset !== null || readsOnly !== true;
}

/** The plan's title up to its first comma: `tpcb-like`. */
export function shortTitle({ title }: WorkloadPlan): string {
  return title.split(",")[0]!;
}

/** Small letters, digits and dashes, at most 40. */
export function slug(text: string): string {
  const safe = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return safe.replaceAll(/^-+|-+$/g, "").slice(0, 40);
}
