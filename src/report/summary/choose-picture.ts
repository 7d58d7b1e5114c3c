import type { Report } from "../compose-report.ts";
import type { Figure } from "../figures/figure.ts";

/** The one picture of the first screen: that of the first figure, or the first there is; `null` without any. */
export function choosePicture({ model, chapters, figures }: Report): Figure | null {
  const own = figures.find(({ id }) => id === `ladder-${model.headlines[0]?.curve}`);
  const sections = chapters.flatMap(({ sections }) => sections);
  // Stages with a figure on the first screen come before those without.
  const shown = sections
    .toSorted((a, b) => Number(b.lead !== undefined) - Number(a.lead !== undefined))
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.is === "figure" ? [block.id] : [])));
  const of = (group: Figure["group"]) => figures.find((figure) => figure.group === group);
  const stage = shown.flatMap((wanted) => figures.find(({ id }) => id === wanted) ?? [])[0];
  return own ?? of("ladder") ?? stage ?? of("timeline") ?? null;
}
