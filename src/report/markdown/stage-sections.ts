import type { CeilingsAnalysis } from "../../analysis/ceilings/model.ts";
import type { ComparisonAnalysis } from "../../analysis/compare/model.ts";
import type { FailoverAnalysis } from "../../analysis/failover/model.ts";
import type { SearchAnalysis } from "../../analysis/search/model.ts";
import {
  CEILING_COLUMNS,
  ceilingRow,
  forecastText,
  operatingText,
  PIPELINE_COLUMNS,
  pipelineRow,
  sustainableText,
  titleOfCeilings,
} from "../ceilings/tell-ceilings.ts";
import {
  COMPARISON_COLUMNS,
  nameVariant,
  rowOf,
  tellComparison,
} from "../compare/tell-comparison.ts";
import {
  ledgerTableOf,
  listFailoverFacts,
  phaseTableOf,
  titleOfFailover,
} from "../failover/tell-failover.ts";
import type { Figure } from "../figures/figure.ts";
import { PROBE_COLUMNS, probeRow, tellNumbers, tellTrust } from "../search/tell-search.ts";
import { joinBlocks, pictures, section, table } from "./markup.ts";

export function searchSection(search: SearchAnalysis): string {
  const numbers = tellNumbers(search).map(({ name, value, because, isCapacity }) => [
    isCapacity ? `**${name}**` : name,
    isCapacity ? `**${value}**` : value,
    because,
  ]);
  const found = search.capacity?.sentence ?? `No capacity was found. ${search.because}`;
  return section(
    `Search: ${search.title}`,
    [
      `${found} ${tellTrust(search)}`,
      table(["number", "value", "because"], numbers),
      table(PROBE_COLUMNS, search.probes.map(probeRow)),
    ].join("\n\n"),
  );
}

export function comparisonSection({
  title,
  variants,
  metrics,
  control,
  validity,
}: ComparisonAnalysis): string {
  const [baseline] = variants;
  const rows = metrics.map((one) => {
    const variant = variants.find(({ name }) => name === one.variant)!;
    return rowOf(
      tellComparison(`${nameVariant(variant)} against ${nameVariant(baseline!)}`, one, "pairs"),
    );
  });
  const head = validity === "invalid" ? `**Invalid.** ${control.because}` : control.because;
  return section(`Comparison: ${title}`, `${head}\n\n${table(COMPARISON_COLUMNS, rows)}`);
}

export function ceilingsSection(ceilings: CeilingsAnalysis, figures: readonly Figure[]): string {
  const own = figures.filter(
    ({ group, id }) => group === "ceilings" && id.endsWith(`-${ceilings.stage + 1}`),
  );
  return section(
    `The way of the WAL: ${titleOfCeilings(ceilings)}`,
    joinBlocks([
      `**${sustainableText(ceilings)}**`,
      operatingText(ceilings) ?? "",
      table(PIPELINE_COLUMNS, ceilings.pipeline.map(pipelineRow)),
      forecastText(ceilings) ?? "",
      table(CEILING_COLUMNS, ceilings.ceilings.map(ceilingRow)),
      ceilings.notes.map((note) => `- ${note}`).join("\n"),
      pictures(own),
    ]),
  );
}

export function failoverSection(failover: FailoverAnalysis, figures: readonly Figure[]): string {
  const own = figures.filter(
    ({ group, id }) => group === "failover" && id.endsWith(`-${failover.stage + 1}`),
  );
  const { columns, rows } = ledgerTableOf(failover);
  const phases = phaseTableOf(failover);
  return section(
    `${failover.kind === "failover" ? "Failover" : "Switchover"}: ${titleOfFailover(failover)}`,
    joinBlocks([
      listFailoverFacts(failover)
        .map(({ name, text }) => `- **${name}**: ${text}`)
        .join("\n"),
      table(columns, rows),
      table(phases.columns, phases.rows),
      pictures(own),
    ]),
  );
}
