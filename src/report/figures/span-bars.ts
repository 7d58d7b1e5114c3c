import type { CustomSeriesOption } from "echarts";

/** Something that lasted, in a row of the picture. */
export interface SpanBar {
  /** Index of its row. */
  readonly row: number;
  /** On the picture's axis of time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What a tooltip says of it. */
  readonly text: string;
}

/** How a bar looks. */
export interface BarLook {
  readonly color: string;
  readonly heightPx: number;
  /** From the middle of the row to the bar's upper edge; half of its height above where not given. */
  readonly topPx?: number;
  /** Text in or beside the bar, as ECharts takes it. */
  readonly label?: BarLabel;
}

type Rendered = NonNullable<ReturnType<NonNullable<CustomSeriesOption["renderItem"]>>>;
type BarLabel = Pick<Rendered, "textContent" | "textConfig">;

/** One bar for each span. `look` is told how wide the bar came out. */
export function spanBars<Bar extends SpanBar>(
  bars: readonly Bar[],
  { widthPxMin }: { readonly widthPxMin: number },
  look: (bar: Bar, widthPx: number) => BarLook,
): CustomSeriesOption {
  return {
    type: "custom",
    dimensions: ["from", "to", "row"],
    encode: { x: [0, 1], y: 2 },
    data: bars.map(({ fromMs, toMs, row, text }) => ({ name: text, value: [fromMs, toMs, row] })),
    renderItem: (params, api) => {
      const bar = bars[params.dataIndex]!;
      const [x1 = 0, y = 0] = api.coord([bar.fromMs, bar.row]);
      const [x2 = 0] = api.coord([bar.toMs, bar.row]);
      const width = Math.max(widthPxMin, x2 - x1);
      const { color, heightPx: height, topPx = -height / 2, label } = look(bar, width);
      return {
        type: "rect",
        shape: { x: x1, y: y + topPx, width, height },
        style: { fill: color },
        ...label,
      };
    },
  };
}
