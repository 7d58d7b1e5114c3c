import path from "node:path";
import { DynoError } from "../lib/errors.ts";
import { formatBytes } from "../lib/units.ts";
import { readRunManifest } from "../record/read-manifest.ts";
import { writeIntoRecord } from "../record/record-writer.ts";
import { composeReport, type Report } from "../report/compose-report.ts";
import { writeSummary } from "../record/summary-file.ts";
import type { ReportModel } from "../report/model.ts";
import { renderHtml } from "../report/render-html.ts";
import { renderJson } from "../report/render-json.ts";
import { renderJunit } from "../report/render-junit.ts";
import { renderMarkdown } from "../report/render-markdown.ts";
import { renderText } from "../report/render-text.ts";
import { listChapters } from "../report/stage-report.ts";
import { STAGE_REPORTS } from "../stages/reports.ts";
import { summarizeRun } from "../report/summarize-run.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { makeReport, readTemplate, writeHtmlReport } from "./make-report.ts";
import { PGDYNO_VERSION } from "./version.ts";

export interface ReportRequest {
  readonly directory: string;
  readonly format: string;
  readonly strict: boolean;
  /** Writes `report.html` and `summary.json` into the record as well. */
  readonly keeps: boolean;
}

/** Judges a record and prints the answer; the status is that of the verdict. */
export async function tellReport(request: ReportRequest, io: Io): Promise<ExitStatus> {
  const { directory, format, strict, keeps } = request;
  const model = await makeReport(directory);
  const page = keeps ? await keepAnswers(directory, model, io) : null;
  io.out(await render(model, request, io));
  if (page !== null && format === "text") io.out(`\nReport: ${path.relative("", page)}`);
  return statusOf(model, strict);
}

/** Of three values two are no success where the server was hardly seen, or is at a limit that nothing explains. */
function statusOf({ verdict, heldBackBy, unwatched }: ReportModel, strict: boolean): ExitStatus {
  if (verdict === "fail") return 1;
  if (unwatched !== undefined) return 4;
  if (heldBackBy !== undefined) return 1;
  return strict && verdict === "unknown" ? 1 : 0;
}

/**
 * Puts the summary and the page into the record. Gives the page's path; where none is built, says so and
 * gives `null`: the rest is told all the same.
 */
export async function keepAnswers(
  directory: string,
  model: ReportModel,
  io: Io,
): Promise<string | null> {
  const manifest = await readRunManifest(directory);
  const chapters = listChapters(model, STAGE_REPORTS);
  writeSummary(directory, summarizeRun(manifest, { model, chapters }, PGDYNO_VERSION));
  try {
    return await writeHtmlReport(directory, model);
  } catch (error) {
    if (!(error instanceof DynoError) || error.code !== "PAGE_NOT_BUILT") throw error;
    const again = `pgdyno analyze ${path.relative("", directory)}`;
    io.err(`Note: no report.html. ${error.message} ${error.hint} Then run \`${again}\`.`);
    return null;
  }
}

async function render(
  model: ReportModel,
  { directory, format }: ReportRequest,
  io: Io,
): Promise<string> {
  const report = composeReport(model, STAGE_REPORTS);
  switch (format) {
    case "json":
      return renderJson(model);
    case "junit":
      return renderJunit(report);
    case "html":
      return renderHtml(model, await readTemplate());
    case "md":
      return keepMarkdown(report, directory);
    default:
      return renderText(report, { color: io.hasColor, width: io.width });
  }
}

/** The pictures lie beside the text that shows them. */
function keepMarkdown(report: Report, directory: string): string {
  const { markdown, files } = renderMarkdown(report);
  const written = [...files].map(([name, text]) => writeIntoRecord(directory, name, text));
  const page = writeIntoRecord(directory, "report.md", markdown);
  const bytes = [...files.values()].reduce((sum, text) => sum + text.length, markdown.length);
  return `${path.relative("", page)} and ${written.length} pictures, ${formatBytes(bytes)}`;
}
