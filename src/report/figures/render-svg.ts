import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import type { Figure } from "./figure.ts";
import type { FigureTheme } from "./theme.ts";

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  LabelLayout,
  SVGRenderer,
]);

/** A figure as a picture of its own, with a ground, so that it can lie on any page. */
export function renderSvg(figure: Figure, theme: FigureTheme, widthPx = 760): string {
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: widthPx,
    height: figure.heightPx,
  });
  try {
    chart.setOption({ ...figure.draw(theme, widthPx), backgroundColor: theme.background });
    // Ids of the library count up; these are the same in every run, and differ between pictures.
    return chart.renderToSVGString().replaceAll(/\bzr\d+-/g, `${figure.id}-`);
  } finally {
    chart.dispose();
  }
}
