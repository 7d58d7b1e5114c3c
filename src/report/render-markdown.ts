import { commonRate } from "../record/load-kind.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Finding } from "../findings/rule.ts";
import { renderSvg } from "./figures/render-svg.ts";
import { LIGHT } from "./figures/theme.ts";
import type { Report } from "./compose-report.ts";
import { tellExperiment } from "./tell-experiment.ts";
import { tellHow, tellThreshold, tellValue } from "./tell-how.ts";
import { loadText } from "./load-text.ts";
import { chapterSection } from "./markdown/chapter-section.ts";
import {
  code,
  fence,
  imageOf,
  joinBlocks,
  PICTURE_FOLDER,
  pictures,
  section,
  table,
} from "./markdown/markup.ts";
import type { ReportModel } from "./model.ts";
import { placeOfError, tellWhen } from "./list-load-errors.ts";
import { formatInterval, formatQuantity } from "./phrases.ts";
import { choosePicture } from "./summary/choose-picture.ts";
import { QUESTIONS, TRUST_WORDS } from "./summary/words.ts";

const VERDICTS = { pass: "Pass", fail: "Fail", unknown: "Undecided" } as const;

/** The report as Markdown, and its pictures by the path under which the text refers to them. */
export function renderMarkdown(report: Report): {
  markdown: string;
  files: ReadonlyMap<string, string>;
} {
  const { model, chapters, figures } = report;
  const of = (...groups: string[]) => figures.filter(({ group }) => groups.includes(group));
  const files = new Map(
    figures.map((figure) => [`${PICTURE_FOLDER}/${figure.id}.svg`, renderSvg(figure, LIGHT)]),
  );
  const picture = choosePicture(report);
  const blocks = [
    `# ${model.run.name}`,
    runLine(model),
    `**${QUESTIONS.trust}** ${TRUST_WORDS[model.summary.trust.is]}. ${model.summary.trust.because}`,
    `**${QUESTIONS.answer}: ${VERDICTS[model.verdict].toLowerCase()}.** ${model.summary.answer.sentence}`,
    headlineTable(model),
    objectiveTable(model),
    picture === null ? "" : imageOf(picture),
    `**${QUESTIONS.heldBack}.** ${model.summary.heldBack.because}`,
    section(QUESTIONS.next, model.next.map((step, i) => `${i + 1}. ${step}`).join("\n")),
    section(
      "Each load",
      model.headlines
        .map((head) => `- ${head.sentence} Knee: ${head.knee} Held back by: ${head.heldBack}`)
        .join("\n"),
    ),
    section("Errors of the load", errorTable(model)),
    section("Validity", model.validity.sentence),
    section("Throughput and latency by load", pictures(of("ladder", "latency"))),
    ...chapters.flatMap(({ sections }) => sections.map((one) => chapterSection(one, figures))),
    section(
      "What held it back",
      model.findings.map((finding) => renderFinding(finding, model.run.id)).join("\n\n"),
    ),
    section("The run over time", pictures(of("timeline"))),
    section("Top statements", pictures(of("statements"))),
    section("Trials", trialTable(model)),
    section("What it ran on", ranOn(model)),
    section("What was not seen", model.notSeen.map((line) => `- ${line}`).join("\n")),
    section("Experiment", fence(model.run.experimentText)),
  ];
  return { markdown: `${joinBlocks(blocks)}\n`, files };
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
  if (curves.length === 0) return ""; // Told in the chapters of its stages.
  if (headlines.length === 0) return "Nothing valid was measured.";
  const title = (id: string) => curves.find(({ curve }) => curve === id)?.title ?? id;
  return table(
    [
      "curve",
      `best throughput, ${commonRate(headlines.map(({ unit }) => unit))}`,
      "at",
      "p50",
      "p95",
      "p99",
    ],
    headlines.map(({ curve, throughputTps, p50Ms, p95Ms, p99Ms, ...head }) => [
      title(curve),
      `**${formatInterval(throughputTps)}**`,
      loadText(head),
      ...[p50Ms, p95Ms, p99Ms].map(msText),
    ]),
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

function errorTable({ loadErrors }: ReportModel): string {
  return table(
    ["script", "error", "SQLSTATE", "statement", "times", "trials", "when", "hint of the server"],
    loadErrors.map((row) => [
      placeOfError(row),
      row.message,
      row.sqlState ?? "–",
      row.statement === null ? "–" : code(row.statement),
      row.seenIn === "load" ? formatNumber(row.count) : row.seenIn,
      formatNumber(row.trials.length),
      tellWhen(row),
      row.hint ?? "–",
    ]),
  );
}

function renderFinding(finding: Finding, run: string): string {
  const { rank, because, asks, at, verdict, confidence, evidence, advice, refutedBy } = finding;
  const mark = rank === null ? { pass: "✓", fail: "✕", unknown: "?" }[verdict] : `${rank}.`;
  if (verdict !== "fail") return `${mark} ${asks} ${because}`;
  return joinBlocks([
    `### ${mark} ${because}`,
    `${asks} ${at === null ? "" : `Seen under ${at}; `}${confidence ?? ""}.`,
    table(
      ["evidence", "value", "how", "threshold", "source"],
      evidence.map((figure) => [
        figure.name,
        tellValue(figure),
        tellHow(figure, finding),
        tellThreshold(figure),
        code(figure.from),
      ]),
    ),
    advice === null ? "" : `**What to do.** ${advice}`,
    refutedBy === null ? "" : `**What would refute it.** ${refutedBy}`,
    prefixed("**Next experiment.** ", tellExperiment(finding, run)),
  ]);
}

function prefixed(prefix: string, text: string | null): string {
  return text === null ? "" : `${prefix}${text}`;
}

function trialTable({ trials }: ReportModel): string {
  return table(
    ["trial", commonRate(trials.map(({ unit }) => unit)), "p50", "p99", "validity", "reasons"],
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

function ranOn({ server, machine, hosts = [], tools, observer }: ReportModel): string {
  return [
    ...(server === null ? [] : [`- ${server.versionText} (${server.provenance})`]),
    ...(machine === null
      ? []
      : [
          `- ${machine.cpuCount} × ${machine.cpuModel}, ${formatQuantity(machine.memoryBytes, "bytes")}, ${machine.os}, ${machine.kernel}`,
        ]),
    ...hosts.map((host) => `- ${host}`),
    ...tools.map(({ tool, version }) => `- ${tool} ${version}`),
    `- Cost of watching: ${observer.share === null ? "not measured" : formatQuantity(observer.share, "ratio")}. ${observer.because}`,
  ].join("\n");
}

function msText(ms: number | null): string {
  return ms === null ? "–" : formatDurationMs(ms);
}
