import type { RecoveryAnalysis } from "../../src/analysis/recovery/model.ts";
import type { Figure } from "../../src/report/figures/figure.ts";
import {
  listRecoveryFacts,
  RECOVERY_NAMES,
  recoveryTableOf,
} from "../../src/report/recovery/tell-recovery.ts";
import { DataTable } from "./data-table.tsx";
import { FigureView } from "./figure-view.tsx";
import { Prose } from "./prose.tsx";

/** One recovery stage: per kind what is foretold, the picture, and every recovery. */
export function Recovery(props: {
  readonly recovery: RecoveryAnalysis;
  readonly figures: readonly Figure[];
}) {
  const { recovery, figures } = props;
  return (
    <>
      {recovery.kinds.map((kind) => {
        const { columns, rows } = recoveryTableOf(kind);
        const name = RECOVERY_NAMES[kind.kind];
        return (
          <>
            <h3>
              {name}: {recovery.title}
            </h3>
            <dl class="fact-list">
              {listRecoveryFacts(kind).map((fact) => (
                <div key={fact.name}>
                  <dt>{fact.name}</dt>
                  <dd>
                    <Prose text={fact.text} />
                  </dd>
                </div>
              ))}
            </dl>
            {figures
              .filter(({ id }) => id === `recovery-${recovery.stage + 1}-${kind.kind}`)
              .map((figure) => (
                <FigureView key={figure.id} figure={figure} />
              ))}
            <DataTable label={`${name}, each`} columns={columns} rows={rows} text={[]} />
          </>
        );
      })}
    </>
  );
}
