import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { analyzeRecord } from "../analysis/analyze-record.ts";
import { judgeRecord } from "../findings/judge-record.ts";
import { judgeObjectives } from "../findings/objectives.ts";
import { DynoError } from "../lib/errors.ts";
import { readHypotheses } from "../record/hypotheses-file.ts";
import { readRecord } from "../record/read-record.ts";
import { writeIntoRecord } from "../record/record-writer.ts";
import { buildReport } from "../report/build-model.ts";
import type { ReportModel } from "../report/model.ts";
import { renderHtml } from "../report/render-html.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";
import { CATALOG } from "./catalog.ts";
import { STAGE_REPORTS } from "../stages/reports.ts";

/** The built page that a report is put into: beside the compiled program. */
const TEMPLATE = new URL("../ui/report.html", import.meta.url);
/** The same where the program runs from its sources. */
const TEMPLATE_FROM_SOURCES = new URL("../../dist/ui/report.html", import.meta.url);

/**
 * Reads a record and works everything out again. Touches no database.
 *
 * @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW, RECORD_UNREADABLE
 */
export async function makeReport(directory: string): Promise<ReportModel> {
  const record = await readRecord(directory);
  const analysis = analyzeRecord(record, STAGE_ANALYSES);
  const tests = await readHypotheses(directory);
  const findings = judgeRecord(record, analysis, CATALOG.rules).map((finding) => {
    const tested = tests.filter((test) => test.finding === finding.id);
    return tested.length === 0 ? finding : { ...finding, tested };
  });
  return buildReport(record, analysis, findings, judgeObjectives(analysis), STAGE_REPORTS);
}

/**
 * Puts `report.html` into the record; gives its path.
 *
 * @throws {DynoError} PAGE_NOT_BUILT
 */
export async function writeHtmlReport(directory: string, model: ReportModel): Promise<string> {
  return writeIntoRecord(directory, "report.html", renderHtml(model, await readTemplate()));
}

/**
 * The page that reports are put into, as built.
 *
 * @throws {DynoError} PAGE_NOT_BUILT
 */
export async function readTemplate(): Promise<string> {
  const page = await readOrNull(TEMPLATE);
  if (page !== null) return page;
  const pageFromSources = await readOrNull(TEMPLATE_FROM_SOURCES);
  if (pageFromSources !== null) return pageFromSources;
  throw new DynoError("PAGE_NOT_BUILT", {});
}

async function readOrNull(url: URL): Promise<string | null> {
  try {
    return await readFile(fileURLToPath(url), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
