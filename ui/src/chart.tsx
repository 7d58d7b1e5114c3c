import { useContext, useEffect, useRef } from "preact/hooks";
import type { EChartsOption } from "echarts";
import type { Figure } from "../../src/report/figures/figure.ts";
import { init, type EChartsType } from "./echarts.ts";
import { ThemeContext } from "./theme-context.ts";

export interface ChartProps {
  readonly figure: Figure;
  /** Charts of one group share pointer and zoom. */
  readonly group?: string;
  readonly onReady?: (chart: EChartsType) => void;
}

/** A figure, drawn live; drawn again when its width or the theme changes. */
export function Chart({ figure, group, onReady }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const theme = useContext(ThemeContext);

  useEffect(() => {
    const element = place.current!;
    const made = init(element, null, {
      renderer: "svg",
      width: element.clientWidth,
      height: figure.heightPx,
    });
    chart.current = made;
    if (group !== undefined) made.group = group;
    onReady?.(made);
    return () => {
      made.dispose();
      chart.current = null;
    };
  }, [figure]);

  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      const width = element.clientWidth;
      if (width === 0 || chart.current === null) return;
      chart.current.resize({ width, height: figure.heightPx });
      const option = figure.draw(theme, width);
      chart.current.setOption(withZoom(option, zoomOf(chart.current)), { notMerge: true });
    };
    draw();
    let drawnPx = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === drawnPx) return;
      drawnPx = element.clientWidth;
      draw();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [figure, theme]);

  return (
    <div
      ref={place}
      class="chart"
      role="img"
      aria-label={figure.alt}
      style={{ height: `${figure.heightPx}px` }}
    />
  );
}

interface Zoom {
  readonly startValue: number;
  readonly endValue: number;
}

function zoomOf(chart: EChartsType): Zoom | null {
  const option = chart.getOption() as { dataZoom?: Partial<Zoom>[] } | undefined;
  const { startValue, endValue } = option?.dataZoom?.[0] ?? {};
  return startValue === undefined || endValue === undefined ? null : { startValue, endValue };
}

/** Part of the option, not an action afterwards: an action would draw every chart of the group again. */
function withZoom(option: EChartsOption, zoom: Zoom | null): EChartsOption {
  return zoom === null || !Array.isArray(option.dataZoom)
    ? option
    : { ...option, dataZoom: option.dataZoom.map((one) => ({ ...one, ...zoom })) };
}
