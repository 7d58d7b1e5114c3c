/** Names and indices from the top of an experiment file down to a field. */
export type FieldPath = readonly (string | number)[];

/** `["stages", 0, "ladder"]` as `stages[0].ladder`. */
export function showPath(path: FieldPath): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join("");
}
