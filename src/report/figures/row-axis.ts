import { axisStyle } from "./figure.ts";
import type { FigureTheme } from "./theme.ts";

/** An axis of rows with names, the first on top: instances, stations, phases, statements. */
export function rowAxis(names: readonly string[], theme: FigureTheme) {
  return {
    ...axisStyle(theme),
    type: "category" as const,
    inverse: true,
    data: [...names],
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: theme.ink, fontSize: 12 },
  };
}
