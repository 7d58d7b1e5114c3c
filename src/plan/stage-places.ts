import type { FieldPath } from "../lib/field-path.ts";
import type { Stage } from "../spec/experiment.ts";
import type { CompareStage, StageVariant } from "../spec/stages/compare.ts";

/** Where a stage's fields stand in the file. */
export function placeOfStage(index: number, { kind }: Pick<Stage, "kind">): FieldPath {
  return ["stages", index, kind];
}

/** Where the stage asks for so many clients. */
export function placeOfClients(index: number, stage: Stage, clients: number): FieldPath {
  const given = "clients" in stage ? stage.clients : null;
  const at = Array.isArray(given) ? [Math.max(0, given.indexOf(clients))] : [];
  return [...placeOfStage(index, stage), "clients", ...at];
}

/** Where a variant of a comparison is described: `a` and `b`, or by name under `variants`. */
export function placeOfVariant(
  index: number,
  { areNamed = false }: Pick<CompareStage, "areNamed">,
  { name }: StageVariant,
): FieldPath {
  return ["stages", index, "compare", ...(areNamed ? ["variants"] : []), name];
}
