import { analyzeRecord } from "../analysis/analyze-record.ts";
import { compareRuns, type ReadRun } from "../analysis/compare/compare-runs.ts";
import { DynoError } from "../lib/errors.ts";
import { readRecord } from "../record/read-record.ts";
import { renderRunComparison } from "../report/compare/render-run-comparison.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly format: string;
}

/**
 * Prints how two recorded runs compare.
 *
 * @throws {DynoError} COMPARE_NOTHING, what `readRecord` throws
 */
export async function tellRunComparison(options: CompareOptions, io: Io): Promise<ExitStatus> {
  const comparison = compareRuns(await readRun(options.a), await readRun(options.b));
  const { points, onlyInA, onlyInB } = comparison;
  if (points.length === 0) {
    const because = `A has ${onlyInA.join("; ") || "no trials"}, and B has ${onlyInB.join("; ") || "no trials"}.`;
    throw new DynoError("COMPARE_NOTHING", { a: options.a, b: options.b, because });
  }
  io.out(
    options.format === "json"
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : renderRunComparison(comparison, options.format === "md" ? "md" : "text"),
  );
  const isWorse = points.some(
    ({ result }) => result.is === "compared" && result.verdict === "worse",
  );
  return isWorse ? 1 : 0;
}

async function readRun(directory: string): Promise<ReadRun> {
  const record = await readRecord(directory);
  return { record, analysis: analyzeRecord(record) };
}
