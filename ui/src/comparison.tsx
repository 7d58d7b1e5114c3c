import type { ComparisonAnalysis } from "../../src/analysis/compare/model.ts";
import {
  COMPARISON_COLUMNS,
  nameVariant,
  rowOf,
  tellComparison,
} from "../../src/report/compare/tell-comparison.ts";
import { Badge } from "./badge.tsx";
import { DataTable } from "./data-table.tsx";
import { Prose } from "./prose.tsx";

/** One comparison: the control, then every variant against the first. */
export function Comparison({ comparison }: { readonly comparison: ComparisonAnalysis }) {
  const { title, variants, metrics, control, validity } = comparison;
  const [baseline] = variants;
  return (
    <>
      <h3>{title}</h3>
      <p>
        {validity === "invalid" ? <Badge tone="bad">invalid</Badge> : null}{" "}
        <Prose text={control.because} />
      </p>
      <DataTable
        label="Variants against the first"
        columns={[...COMPARISON_COLUMNS]}
        text={[0, 4, 5, 6]}
        rows={metrics.map((one) => {
          const variant = variants.find(({ name }) => name === one.variant)!;
          const what = `${nameVariant(variant)} against ${nameVariant(baseline!)}`;
          return rowOf(tellComparison(what, one, "pairs"));
        })}
      />
    </>
  );
}
