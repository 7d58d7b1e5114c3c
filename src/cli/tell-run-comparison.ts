import { analyzeRecord } from "../analysis/analyze-record.ts";
import { type ComparedPoint, compareRuns, type ReadRun } from "../analysis/compare/compare-runs.ts";
import { DynoError } from "../lib/errors.ts";
import { readRecord } from "../record/read-record.ts";
import { renderRunComparison } from "../report/compare/render-run-comparison.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly format: string;
  /** Asks not only whether B is worse, but whether it surely is not. */
  readonly strict: boolean;
}

/**
 * Prints how two recorded runs compare. The status is 1 where B is worse anywhere; where it is asked for
 * strictly, also where some figure cannot be told from a worse one.
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
  return points.some(({ result }) => isBad(result, options.strict)) ? 1 : 0;
}

function isBad(result: ComparedPoint["result"], strict: boolean): boolean {
  if (result.is === "unknown") return strict;
  return result.verdict === "worse" || (strict && result.verdict === "cannot-distinguish");
}

async function readRun(directory: string): Promise<ReadRun> {
  const record = await readRecord(directory);
  return { record, analysis: analyzeRecord(record, STAGE_ANALYSES) };
}
