import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Finding } from "../findings/rule.ts";
import type { Figure } from "./figures/figure.ts";
import { listFigures } from "./figures/list-figures.ts";
import { renderSvg } from "./figures/render-svg.ts";
import { LIGHT } from "./figures/theme.ts";
import type { FailoverAnalysis } from "../analysis/failover/model.ts";
import {
  ledgerTableOf,
  listFailoverFacts,
  phaseTableOf,
  titleOfFailover,
} from "./failover/tell-failover.ts";
import type { CeilingsAnalysis } from "../analysis/ceilings/model.ts";
import {
  CEILING_COLUMNS,
  ceilingRow,
  forecastText,
  operatingText,
  PIPELINE_COLUMNS,
  pipelineRow,
  sustainableText,
  titleOfCeilings,
} from "./ceilings/tell-ceilings.ts";
import type { ComparisonAnalysis } from "../analysis/compare/model.ts";
import type { RecoveryAnalysis } from "../analysis/recovery/model.ts";
import type { SurfaceAnalysis } from "../analysis/surface/model.ts";
import { surfaceTableOf, tellTrade, titleOfSurface } from "./surface/tell-surface.ts";
import type { SearchAnalysis } from "../analysis/search/model.ts";
import {
  COMPARISON_COLUMNS,
  nameVariant,
  rowOf,
  tellComparison,
} from "./compare/tell-comparison.ts";
import { PROBE_COLUMNS, probeRow, tellNumbers, tellTrust } from "./search/tell-search.ts";
import { listRecoveryFacts, recoveryTableOf, RECOVERY_NAMES } from "./recovery/tell-recovery.ts";
import { tellExperiment } from "./tell-experiment.ts";
import { loadText } from "./load-text.ts";
import type { ReportModel } from "./model.ts";
import { formatInterval, formatQuantity } from "./phrases.ts";

const VERDICTS = { pass: "Pass", fail: "Fail", unknown: "Undecided" } as const;
const FOLDER = "figures";

/** The report as Markdown, and its pictures by the path under which the text refers to them. */
export function renderMarkdown(model: ReportModel): {
  markdown: string;
  files: ReadonlyMap<string, string>;
} {
  const figures = listFigures(model);
  const files = new Map(
    figures.map((figure) => [`${FOLDER}/${figure.id}.svg`, renderSvg(figure, LIGHT)]),
  );
  const blocks = [
    `# ${model.run.name}`,
    runLine(model),
    `**${VERDICTS[model.verdict]}.** ${model.verdictBecause}`,
    headlineTable(model),
    model.headlines
      .map((head) => `- ${head.sentence} Knee: ${head.knee} Held back by: ${head.heldBack}`)
      .join("\n"),
    objectiveTable(model),
    section("What to do next", model.next.map((step, i) => `${i + 1}. ${step}`).join("\n")),
    section("Validity", model.validity.sentence),
    section("Throughput and latency by load", pictures(figures, "ladder", "latency")),
    ...model.searches.map(searchSection),
    ...model.comparisons.map(comparisonSection),
    ...model.ceilings.map((one) => ceilingsSection(one, figures)),
    ...model.failovers.map((failover) => failoverSection(failover, figures)),
    ...model.recoveries.map((recovery) => recoverySection(recovery, figures)),
    ...model.surfaces.map((surface) => surfaceSection(surface, figures)),
    section(
      "What held it back",
      model.findings.map((finding) => renderFinding(finding, model.run.id)).join("\n\n"),
    ),
    section("The run over time", pictures(figures, "timeline")),
    section("Top statements", pictures(figures, "statements")),
    section("Trials", trialTable(model)),
    section("What it ran on", ranOn(model)),
    section("What was not seen", model.notSeen.map((line) => `- ${line}`).join("\n")),
    section("Experiment", fence(model.run.experimentText)),
  ];
  return { markdown: `${blocks.filter((block) => block !== "").join("\n\n")}\n`, files };
}

function searchSection(search: SearchAnalysis): string {
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

function comparisonSection({
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

function ceilingsSection(ceilings: CeilingsAnalysis, figures: readonly Figure[]): string {
  const own = figures.filter(
    ({ group, id }) => group === "ceilings" && id.endsWith(`-${ceilings.stage + 1}`),
  );
  return section(
    `The way of the WAL: ${titleOfCeilings(ceilings)}`,
    [
      `**${sustainableText(ceilings)}**`,
      operatingText(ceilings) ?? "",
      table(PIPELINE_COLUMNS, ceilings.pipeline.map(pipelineRow)),
      forecastText(ceilings) ?? "",
      table(CEILING_COLUMNS, ceilings.ceilings.map(ceilingRow)),
      ceilings.notes.map((note) => `- ${note}`).join("\n"),
      pictures(own, "ceilings"),
    ]
      .filter((block) => block !== "")
      .join("\n\n"),
  );
}

function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function runLine({ run, server }: ReportModel): string {
  return [
    ...(server === null ? [] : [`PostgreSQL ${server.version}`]),
    `${run.startedAtUtc.slice(0, 16).replace("T", " ")} UTC`,
    formatDurationMs(run.durationMs),
    ...(run.quick ? ["quick run"] : []),
    `pgdyno ${run.pgdynoVersion}`,
    `record \`${run.id}\``,
  ].join(" · ");
}

function headlineTable({ headlines, curves, trials }: ReportModel): string {
  if (trials.length === 0) return "No load was put on: this is what others did.";
  if (curves.length === 0) return ""; // Nothing but failovers, ceilings, recoveries or surfaces, told below.
  if (headlines.length === 0) return "Nothing valid was measured.";
  const title = (id: string) => curves.find(({ curve }) => curve === id)?.title ?? id;
  return table(
    ["curve", "best throughput, tps", "at", "p50", "p95", "p99"],
    headlines.map(({ curve, throughputTps, p50Ms, p95Ms, p99Ms, ...head }) => [
      title(curve),
      `**${formatInterval(throughputTps)}**`,
      loadText(head),
      ...[p50Ms, p95Ms, p99Ms].map(msText),
    ]),
  );
}

function failoverSection(failover: FailoverAnalysis, figures: readonly Figure[]): string {
  const own = figures.filter(
    ({ group, id }) => group === "failover" && id.endsWith(`-${failover.stage + 1}`),
  );
  const { columns, rows } = ledgerTableOf(failover);
  const phases = phaseTableOf(failover);
  return section(
    `${failover.kind === "failover" ? "Failover" : "Switchover"}: ${titleOfFailover(failover)}`,
    [
      listFailoverFacts(failover)
        .map(({ name, text }) => `- **${name}**: ${text}`)
        .join("\n"),
      table(columns, rows),
      table(phases.columns, phases.rows),
      pictures(own, "failover"),
    ]
      .filter((block) => block !== "")
      .join("\n\n"),
  );
}

function recoverySection({ stage, title, kinds }: RecoveryAnalysis, figures: readonly Figure[]) {
  const blocks = kinds.flatMap((kind) => {
    const { columns, rows } = recoveryTableOf(kind);
    const own = figures.filter(({ id }) => id === `recovery-${stage + 1}-${kind.kind}`);
    return [
      `### ${RECOVERY_NAMES[kind.kind]}`,
      listRecoveryFacts(kind)
        .map(({ name, text }) => `- **${name}**: ${text}`)
        .join("\n"),
      table(columns, rows),
      pictures(own, "recovery"),
    ];
  });
  return section(`Recovery: ${title}`, blocks.filter((block) => block !== "").join("\n\n"));
}

function surfaceSection(surface: SurfaceAnalysis, figures: readonly Figure[]): string {
  const own = figures.filter(({ id }) => id === `surface-${surface.stage + 1}`);
  const { columns, rows } = surfaceTableOf(surface);
  const trade = tellTrade(surface).map((sentence) => `- ${sentence}`);
  return section(
    titleOfSurface(surface),
    [pictures(own, "surface"), table(columns, rows), trade.join("\n")]
      .filter((block) => block !== "")
      .join("\n\n"),
  );
}

function objectiveTable({ objectives }: ReportModel): string {
  if (objectives.length === 0) return "";
  return table(
    ["objective", "wanted", "found", "verdict", "because"],
    objectives.map(({ objective, wanted, found, verdict, because }) => [
      objective,
      wanted,
      found ?? "–",
      VERDICTS[verdict].toLowerCase(),
      because,
    ]),
  );
}

function pictures(figures: readonly Figure[], ...groups: readonly Figure["group"][]): string {
  return figures
    .filter(({ group }) => groups.includes(group))
    .map(
      ({ id, alt, title }) =>
        `**${escapeText(title)}**\n\n![${escapeText(alt)}](${FOLDER}/${id}.svg)`,
    )
    .join("\n\n");
}

function renderFinding(finding: Finding, run: string): string {
  const { rank, because, asks, at, verdict, confidence, evidence, advice, refutedBy } = finding;
  const mark = rank === null ? { pass: "✓", fail: "✕", unknown: "?" }[verdict] : `${rank}.`;
  if (verdict !== "fail") return `${mark} ${asks} ${because}`;
  return [
    `### ${mark} ${because}`,
    `${asks} ${at === null ? "" : `Seen under ${at}; `}${confidence ?? ""}.`,
    table(
      ["evidence", "value", "threshold", "source"],
      evidence.map(({ name, value, unit, threshold, from }) => [
        name,
        quantity(value, unit),
        threshold === undefined ? "" : quantity(threshold, unit),
        `\`${from}\``,
      ]),
    ),
    advice === null ? "" : `**What to do.** ${advice}`,
    refutedBy === null ? "" : `**What would refute it.** ${refutedBy}`,
    prefixed("**Next experiment.** ", tellExperiment(finding, run)),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function prefixed(prefix: string, text: string | null): string {
  return text === null ? "" : `${prefix}${text}`;
}

function trialTable({ trials }: ReportModel): string {
  return table(
    ["trial", "tps", "p50", "p99", "validity", "reasons"],
    trials.map(({ planned, throughputTps, latency, validity }) => [
      planned.id,
      throughputTps === null ? "–" : formatNumber(throughputTps),
      msText(latency.p50Ms),
      msText(latency.p99Ms),
      validity.is,
      validity.reasons.map(({ because }) => because).join(" "),
    ]),
  );
}

function ranOn({ server, machine, tools, observer }: ReportModel): string {
  return [
    ...(server === null ? [] : [`- ${server.versionText} (${server.provenance})`]),
    ...(machine === null
      ? []
      : [
          `- ${machine.cpuCount} × ${machine.cpuModel}, ${formatQuantity(machine.memoryBytes, "bytes")}, ${machine.os}, ${machine.kernel}`,
        ]),
    ...tools.map(({ tool, version }) => `- ${tool} ${version}`),
    `- Cost of watching: ${observer.share === null ? "not measured" : formatQuantity(observer.share, "ratio")}. ${observer.because}`,
  ].join("\n");
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

function escapeText(text: string): string {
  return text.replaceAll(/[[\]<>*_`]/g, (c) => `\\${c}`);
}

function quantity(value: number | string | null, unit: string): string {
  if (value === null) return "–";
  return typeof value === "number" ? formatQuantity(value, unit) : value;
}

function msText(ms: number | null): string {
  return ms === null ? "–" : formatDurationMs(ms);
}

/** A fence longer than any in the text. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}yaml\n${text.trimEnd()}\n${ticks}`;
}
