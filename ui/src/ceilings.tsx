import type { CeilingsAnalysis } from "../../src/analysis/ceilings/model.ts";
import {
  CEILING_COLUMNS,
  ceilingRow,
  forecastText,
  operatingText,
  PIPELINE_COLUMNS,
  pipelineRow,
  sustainableText,
  titleOfCeilings,
} from "../../src/report/ceilings/tell-ceilings.ts";
import type { Figure } from "../../src/report/figures/figure.ts";
import { DataTable } from "./data-table.tsx";
import { FigureView } from "./figure-view.tsx";
import { Prose } from "./prose.tsx";

/** One stage of ceilings: what is sustainable, the way of the WAL, what was measured, the forecast. */
export function Ceilings(props: {
  readonly ceilings: CeilingsAnalysis;
  readonly figures: readonly Figure[];
}) {
  const { ceilings, figures } = props;
  const operating = operatingText(ceilings);
  const forecast = forecastText(ceilings);
  return (
    <>
      <h3>{titleOfCeilings(ceilings)}</h3>
      <p>
        <b>
          <Prose text={sustainableText(ceilings)} />
        </b>
      </p>
      {operating === null ? null : (
        <p>
          <Prose text={operating} />
        </p>
      )}
      {figures.map((figure) => (
        <FigureView key={figure.id} figure={figure} />
      ))}
      <DataTable
        label="The way of the WAL, station by station"
        columns={[...PIPELINE_COLUMNS]}
        text={[0, 6]}
        rows={ceilings.pipeline.map((row) =>
          pipelineRow(row).map((cell, i) => (i === 6 ? <Prose text={cell} /> : cell)),
        )}
      />
      {forecast === null ? null : (
        <p>
          <Prose text={forecast} />
        </p>
      )}
      {ceilings.ceilings.length === 0 ? null : (
        <>
          <h3>What was measured on its own</h3>
          <DataTable
            label="What was measured on its own"
            columns={[...CEILING_COLUMNS]}
            text={[0, 1, 2, 6]}
            rows={ceilings.ceilings.map(ceilingRow)}
          />
        </>
      )}
      {ceilings.notes.length === 0 ? null : (
        <ul>
          {ceilings.notes.map((note) => (
            <li key={note}>
              <Prose text={note} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
