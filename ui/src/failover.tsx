import type { FailoverAnalysis } from "../../src/analysis/failover/model.ts";
import {
  ledgerTableOf,
  listFailoverFacts,
  phaseTableOf,
  titleOfFailover,
} from "../../src/report/failover/tell-failover.ts";
import type { Figure } from "../../src/report/figures/figure.ts";
import { DataTable } from "./data-table.tsx";
import { FigureView } from "./figure-view.tsx";
import { Prose } from "./prose.tsx";

/** One stage that broke or handed over a primary: facts, pictures, the ledger's answer. */
export function Failover(props: {
  readonly failover: FailoverAnalysis;
  readonly figures: readonly Figure[];
}) {
  const { failover, figures } = props;
  const ledger = ledgerTableOf(failover);
  const phases = phaseTableOf(failover);
  return (
    <>
      <h3>{titleOfFailover(failover)}</h3>
      <dl class="fact-list">
        {listFailoverFacts(failover).map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Prose text={text} />
            </dd>
          </div>
        ))}
      </dl>
      {figures.map((figure) => (
        <FigureView key={figure.id} figure={figure} />
      ))}
      <h3>What the ledger found</h3>
      <DataTable label="What the ledger found" {...ledger} text={[1]} />
      {phases.rows.length === 0 ? null : (
        <>
          <h3>What each phase depends on</h3>
          <DataTable
            label="What each phase depends on"
            columns={phases.columns}
            text={[0, 4]}
            rows={phases.rows.map((row) =>
              row.map((cell, i) => (i === 4 ? <Prose text={cell} /> : cell)),
            )}
          />
        </>
      )}
    </>
  );
}
