/** Asked of a mapping even where something inside it is wrong, so that all faults come at once. */
export const WHERE_MAPPING = {
  when: ({ value }: { readonly value: unknown }) =>
    typeof value === "object" && value !== null && !Array.isArray(value),
};
