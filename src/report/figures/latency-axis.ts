import { formatDurationMs } from "../../lib/units.ts";
import { axisStyle, nameAbove } from "./figure.ts";
import type { FigureTheme } from "./theme.ts";

/** A logarithmic axis of latencies in ms, with these ticks. Its name stands above, at the left edge. */
export function latencyAxis(ticks: readonly number[], name: string, theme: FigureTheme) {
  const style = axisStyle(theme);
  return {
    ...style,
    type: "log" as const,
    min: ticks[0] ?? 0.1,
    max: ticks.at(-1) ?? 10,
    name,
    nameTextStyle: nameAbove(theme),
    axisTick: { show: false, customValues: [...ticks] },
    axisLabel: {
      ...style.axisLabel,
      customValues: [...ticks],
      formatter: (ms: number) => formatDurationMs(ms),
    },
  };
}
