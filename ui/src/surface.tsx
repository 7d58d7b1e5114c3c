import type { SurfaceAnalysis } from "../../src/analysis/surface/model.ts";
import type { Figure } from "../../src/report/figures/figure.ts";
import {
  surfaceTableOf,
  tellTrade,
  titleOfSurface,
} from "../../src/report/surface/tell-surface.ts";
import { DataTable } from "./data-table.tsx";
import { FigureView } from "./figure-view.tsx";
import { Prose } from "./prose.tsx";

/** One surface: the picture, the whole table, and the trade in words. */
export function Surface(props: {
  readonly surface: SurfaceAnalysis;
  readonly figures: readonly Figure[];
}) {
  const { surface, figures } = props;
  const table = surfaceTableOf(surface);
  return (
    <>
      <h3>{titleOfSurface(surface)}</h3>
      {figures.map((figure) => (
        <FigureView key={figure.id} figure={figure} />
      ))}
      <DataTable label={titleOfSurface(surface)} {...table} text={[1, 2]} />
      <ul>
        {tellTrade(surface).map((sentence) => (
          <li key={sentence}>
            <Prose text={sentence} />
          </li>
        ))}
      </ul>
    </>
  );
}
