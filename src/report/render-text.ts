import { UNIT_WORDS } from "../record/load-kind.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import { loadText } from "./load-text.ts";
import type { ObjectiveVerdict } from "../findings/objectives.ts";
import type { Headline, ReportModel } from "./model.ts";
import { tellLoadError } from "./list-load-errors.ts";
import { formatInterval } from "./phrases.ts";
import { TRUST_WORDS } from "./summary/words.ts";
import { type BriefLine, type Chapter, renderWords } from "./chapter.ts";
import type { Report } from "./compose-report.ts";
import { wrapText } from "./wrap-text.ts";

export interface TextOptions {
  /** Colours by ANSI codes; the words say the same without. */
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The verdict fits on a screen, with room for a path below it. */
const LINES_MAX = 23;
const WIDTH_MAX = 110;
const WIDTH_MIN = 40;
/** Curves told in full; the others are in the report. */
const HEADLINES_MAX = 2;
const OBJECTIVES_MAX = 4;
/** Kinds of errors of the load. */
const ERRORS_MAX = 3;
/** Findings told where nothing was loaded. */
const FINDINGS_MAX = 4;
const INDENT = 11;
type Style = "bold" | "dim" | "green" | "red" | "yellow";
type Paint = (text: string, ...styles: readonly Style[]) => string;

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33 };
const WORDS = { pass: "PASS", fail: "FAIL", unknown: "UNDECIDED" } as const;
const COLORS = { pass: "green", fail: "red", unknown: "yellow" } as const;

/** The verdict for a terminal, at most 23 lines. */
export function renderText(report: Report, { color, width }: TextOptions): string {
  const { model, chapters } = report;
  const paint: Paint = (text, ...styles) =>
    color ? `\u001b[${styles.map((s) => CODES[s]).join(";")}m${text}\u001b[0m` : text;
  const columns = Math.max(WIDTH_MIN, Math.min(width, WIDTH_MAX));
  const field = (name: string, text: string) => renderField(name, text, columns, paint);
  const tell = (some: readonly Chapter[]) =>
    some.flatMap(({ sections }) =>
      sections.flatMap(({ brief }) => brief.flatMap((line) => renderBrief(line, field, paint))),
    );
  const lines = [
    renderTitle(model, paint),
    "",
    ...field("believe", trustText(model)),
    ...field("answer", model.summary.answer.sentence),
    ...tell(chapters.filter(({ comesFirst }) => comesFirst === true)),
    ...model.headlines
      .slice(0, HEADLINES_MAX)
      .flatMap((h) => renderHeadline(model, h, field, paint)),
    ...tell(chapters.filter(({ comesFirst }) => comesFirst !== true)),
    ...(model.trials.length === 0 || model.observations.length > 0
      ? renderFindings(model, field)
      : []),
    ...(model.trials.length === 0
      ? []
      : [...renderRest(report, field), ...renderErrors(model, field)]),
    ...model.objectives.slice(0, OBJECTIVES_MAX).flatMap((o) => renderObjective(o, field, paint)),
    ...(model.headlines.length > 0 || model.observations.length > 0 || model.trials.length === 0
      ? []
      : field("held back", model.summary.heldBack.because)),
  ];
  const next = model.next.flatMap((step, i) => [field(i === 0 ? "next" : "", `${i + 1}. ${step}`)]);
  for (const step of next) {
    if (lines.length + step.length > LINES_MAX) break;
    lines.push(...step);
  }
  return `${lines.slice(0, LINES_MAX).join("\n")}\n`;
}

function renderTitle({ run, server, verdict }: ReportModel, paint: Paint): string {
  const facts = [
    run.name,
    ...(server === null ? [] : [`PostgreSQL ${server.version}`]),
    formatDurationMs(run.durationMs),
    ...(run.quick ? ["quick run"] : []),
    ...(run.status === "finished" ? [] : [run.status]),
  ];
  return `${paint(WORDS[verdict], "bold", COLORS[verdict])}  ${facts.join(" · ")}`;
}

function trustText({ summary: { trust } }: ReportModel): string {
  return `${TRUST_WORDS[trust.is]}. ${trust.because}`;
}

type Field = (name: string, text: string) => string[];

function renderHeadline(model: ReportModel, head: Headline, field: Field, paint: Paint): string[] {
  const title = model.curves.find(({ curve }) => curve === head.curve)?.title ?? head.curve;
  const { p50Ms, p95Ms, p99Ms, throughputTps: tps } = head;
  const quantiles = [`p50 ${msText(p50Ms)}`, `p95 ${msText(p95Ms)}`, `p99 ${msText(p99Ms)}`];
  const value = formatNumber(tps.value);
  const interval = formatInterval(tps).slice(value.length);
  return [
    `${paint(title, "bold")}: ${paint(`${value} ${UNIT_WORDS[head.unit].perSecond}`, "bold")}${interval} at ${loadText(head)}${head.sustainable ? ", sustained" : ", no steady state shown"}`,
    ...field("latency", quantiles.join(", ")),
    ...field("knee", head.knee),
    ...field("held back", head.heldBack),
  ];
}

function renderBrief(line: BriefLine, field: Field, paint: Paint): string[] {
  return line.is === "title"
    ? [paint(line.text, "bold")]
    : field(
        line.name,
        renderWords(line.words, (strong) => paint(strong, "bold")),
      );
}

/** Where nothing was loaded the findings are the figures. */
function renderFindings({ findings }: ReportModel, field: Field): string[] {
  const failed = findings.filter(({ verdict }) => verdict === "fail");
  const told = failed
    .slice(0, FINDINGS_MAX)
    .flatMap(({ id, confidence, because }, i) =>
      field(i === 0 ? "held back" : "", `${i + 1}. ${id} (${confidence}): ${because}`),
    );
  const more = failed.length - FINDINGS_MAX;
  const open = findings.filter(({ verdict }) => verdict === "unknown").length;
  return [
    ...told,
    ...(more > 0 ? field("", `${more} more in the report.`) : []),
    ...field(
      "asked",
      `${findings.length} questions: ${failed.length} found something, ${open} could not be decided.`,
    ),
  ];
}

/** What the load met, in the server's words. */
function renderErrors({ loadErrors }: ReportModel, field: Field): string[] {
  const rest = loadErrors.length - ERRORS_MAX;
  return [
    ...loadErrors
      .slice(0, ERRORS_MAX)
      .flatMap((row, i) => field(i === 0 ? "errors" : "", tellLoadError(row))),
    ...(rest > 0 ? field("", `${rest} more in the report.`) : []),
  ];
}

function renderRest({ model: { headlines, curves }, chapters }: Report, field: Field): string[] {
  if (curves.length === 0 && chapters.length > 0) return [];
  if (headlines.length === 0) return field("figures", "Nothing valid was measured.");
  const rest = headlines.length - HEADLINES_MAX;
  return rest <= 0
    ? []
    : field("more", `${rest} more ${rest === 1 ? "curve is" : "curves are"} in the report.`);
}

function renderObjective(
  { objective, wanted, found, verdict }: ObjectiveVerdict,
  field: Field,
  paint: Paint,
): string[] {
  const [first, ...more] = field(
    objective.slice(0, INDENT - 1),
    `${wanted}: ${WORDS[verdict].toLowerCase()}${found === null ? "" : `, found ${found}`}`,
  );
  const word = WORDS[verdict].toLowerCase();
  return [first!.replace(`: ${word}`, `: ${paint(word, COLORS[verdict])}`), ...more];
}

function renderField(name: string, text: string, columns: number, paint: Paint): string[] {
  const lines = wrapText(text, columns - INDENT);
  return lines.map((line, i) =>
    i === 0 ? `${paint(name.padEnd(INDENT), "dim")}${line}` : `${" ".repeat(INDENT)}${line}`,
  );
}

function msText(ms: number | null): string {
  return ms === null ? "too few samples" : formatDurationMs(ms);
}
