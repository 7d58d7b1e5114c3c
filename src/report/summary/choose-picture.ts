import type { Figure } from "../figures/figure.ts";
import type { ReportModel } from "../model.ts";

/** Groups in the order in which they answer what a run is about. */
const GROUPS: readonly Figure["group"][] = ["ladder", "failover", "stage", "ceilings", "timeline"];

/** The one picture of the first screen: that of the first figure, or the first there is; `null` without any. */
export function choosePicture(
  { headlines }: Pick<ReportModel, "headlines">,
  figures: readonly Figure[],
): Figure | null {
  const own = figures.find(({ id }) => id === `ladder-${headlines[0]?.curve}`);
  const [first] = GROUPS.flatMap((group) => figures.filter((figure) => figure.group === group));
  return own ?? first ?? null;
}
