import type { CustomSeriesOption } from "echarts";

/** An interval at a place on the load axis. */
export interface Whisker {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

const CAP_PX = 5;

/** Interval whiskers as a series: a stem with two caps, never thinner than can be seen. */
export function whiskerSeries(
  name: string,
  color: string,
  whiskers: readonly Whisker[],
): CustomSeriesOption {
  return {
    type: "custom",
    name,
    silent: true,
    z: 4,
    clip: true,
    dimensions: ["x", "low", "high"],
    encode: { x: 0, y: [1, 2], tooltip: [] },
    data: whiskers.map(({ x, low, high }) => [x, low, high]),
    renderItem: (_, api) => {
      const [x = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
      const [, bottom = 0] = api.coord([api.value(0), api.value(1)]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: "line" as const,
        shape: { x1, y1, x2, y2 },
        style: { stroke: color, lineWidth: 1.5 },
      });
      return {
        type: "group",
        children: [
          line(x, top, x, bottom),
          line(x - CAP_PX, top, x + CAP_PX, top),
          line(x - CAP_PX, bottom, x + CAP_PX, bottom),
        ],
      };
    },
  };
}
