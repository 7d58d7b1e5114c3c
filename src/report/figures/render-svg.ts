import { init, use } from "echarts/core";
import { CHART_PARTS } from "./chart-parts.ts";
import type { Figure } from "./figure.ts";
import type { FigureTheme } from "./theme.ts";

use(CHART_PARTS);

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
    return renameIds(chart.renderToSVGString(), figure.id);
  } finally {
    chart.dispose();
  }
}

/**
 * The library's ids count up over the life of the process. Numbered within the picture and named
 * after it, they are the same in every run, and pictures can stand on one page.
 */
function renameIds(svg: string, name: string): string {
  const known = new Map<string, string>();
  return svg.replaceAll(/\bzr\d+-[a-z]+-?\d+/g, (id) => {
    const renamed = known.get(id) ?? `${name}-${known.size}`;
    known.set(id, renamed);
    return renamed;
  });
}
