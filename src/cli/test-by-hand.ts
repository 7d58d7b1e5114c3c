import { evidenceOf } from "../analysis/evidence-of-window.ts";
import { transactionRate } from "../analysis/transactions.ts";
import { concludeChange } from "../findings/conclude-change.ts";
import type { Finding } from "../findings/rule.ts";
import { DynoError } from "../lib/errors.ts";
import { readRecord } from "../record/read-record.ts";
import { type AnswerOptions, tellTest } from "./conclude-test.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { makeReport } from "./make-report.ts";
import { findTested } from "./test-hypothesis.ts";

export interface ByHandOptions extends AnswerOptions {
  readonly directory: string;
  readonly finding: string;
  /** A record of the same servers after the change. */
  readonly after: string;
}

/**
 * Looks whether a finding is gone after its owner made the change that it asks for. Touches no
 * database: both records are there. The answer is written down beside the run that made the finding.
 *
 * @throws {DynoError} HYPOTHESIS_MISSING, RUN_NOT_FOUND, USAGE where the second run is not the later one
 */
export async function testByHand(options: ByHandOptions, io: Io): Promise<ExitStatus> {
  const { directory, after } = options;
  const { finding, experiment } = findTested((await makeReport(directory)).findings, options);
  const [before, later] = [await readRecord(directory), await readRecord(after)];
  if (later.manifest.epochMs <= before.manifest.epochMs) {
    throw new DynoError("USAGE", {
      message: `\`--after ${after}\` was measured no later than ${directory}.`,
      hint: "Make the change, measure again, and give that run's folder.",
    });
  }
  const found = (await makeReport(after)).findings.find(({ id }) => id === finding.id)!;
  const answer = concludeChange(
    { finding, tps: rateOf(before, finding) },
    { finding: found, tps: rateOf(later, found) },
  );
  const { change } = experiment;
  const run = later.manifest.id;
  const result = { finding: finding.id, change, predicts: null, ...answer, ratio: null, run };
  return tellTest(directory, result, options, io);
}

/** Transactions per second while a finding was judged; `null` where they were not counted. */
function rateOf(record: Awaited<ReturnType<typeof readRecord>>, { startMs, endMs }: Finding) {
  return transactionRate(evidenceOf(record, { startMs, endMs }, null))?.perS ?? null;
}
