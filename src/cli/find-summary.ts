import { readRunManifest } from "../record/read-manifest.ts";
import type { RunSummary } from "../record/run-summary.ts";
import { readSummary, writeSummary } from "../record/summary-file.ts";
import { summarizeGoingOn, summarizeRun } from "../report/summarize-run.ts";
import { listChapters } from "../report/stage-report.ts";
import { STAGE_REPORTS } from "../stages/reports.ts";
import { makeReport } from "./make-report.ts";
import { PGDYNO_VERSION } from "./version.ts";

/**
 * The summary of a record. The one that lies there where nothing changed since; for a run that goes on what
 * its manifest says; else it is made from the whole record, and kept where the folder can be written.
 *
 * @param onMake called before a whole record is read, which takes its time
 * @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW, RECORD_UNREADABLE
 */
export async function findSummary(directory: string, onMake: () => void): Promise<RunSummary> {
  const kept = readSummary(directory);
  if (kept !== null) return kept;
  const manifest = await readRunManifest(directory);
  const goesOn = summarizeGoingOn(manifest);
  if (goesOn !== null) return goesOn;
  onMake();
  const model = await makeReport(directory);
  const chapters = listChapters(model, STAGE_REPORTS);
  const summary = summarizeRun(manifest, { model, chapters }, PGDYNO_VERSION);
  try {
    writeSummary(directory, summary);
  } catch {
    // It may not be written, or the disk is full: told all the same, and made again next time.
  }
  return summary;
}
