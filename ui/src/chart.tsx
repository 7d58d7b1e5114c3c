import { useContext, useEffect, useRef } from "preact/hooks";
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
      if (width === 0) return;
      chart.current?.resize({ width, height: figure.heightPx });
      const zoom = zoomOf(chart.current);
      chart.current?.setOption(figure.draw(theme, width), { notMerge: true });
      if (zoom !== null) chart.current?.dispatchAction({ type: "dataZoom", ...zoom });
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

function zoomOf(chart: EChartsType | null): Zoom | null {
  const option = chart?.getOption() as { dataZoom?: Partial<Zoom>[] } | undefined;
  const { startValue, endValue } = option?.dataZoom?.[0] ?? {};
  return startValue === undefined || endValue === undefined ? null : { startValue, endValue };
}
