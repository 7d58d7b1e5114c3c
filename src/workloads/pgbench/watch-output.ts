import type { PartContext } from "../../contracts/context.ts";
import { DynoError } from "../../lib/errors.ts";
import type { RunningProcess } from "../../lib/processes.ts";
import { formatNumber } from "../../lib/units.ts";
import type { LogDigest } from "./digest-log.ts";
import type { ErrorCollector } from "./collect-errors.ts";
import { parseProgress } from "./parse-progress.ts";

/** What pgbench printed that is not in its log. */
export interface PgbenchOutput {
  /** Lines of the summary. */
  readonly summaryLines: readonly string[];
  readonly abortedClients: number;
  /** Of those clients: transactions that were refused, and whose answer was lost. */
  readonly lostFailed: number;
  readonly lostUnknown: number;
  /** Counted as done, and not committed: their scripts ended within a transaction. */
  readonly leftOpen: number;
}

/**
 * Reads pgbench's own words while they come.
 *
 * @throws {DynoError} LOAD_OUTPUT_UNREADABLE
 */
export async function watchOutput(
  lines: RunningProcess["lines"],
  digest: LogDigest,
  collector: ErrorCollector,
  context: Pick<PartContext, "clock" | "say"> & { rawFile(name: string): string },
): Promise<PgbenchOutput> {
  const summaryLines: string[] = [];
  const lost = { failed: 0, unknown: 0, open: 0 };
  let abortedClients = 0;
  for await (const { from, text } of lines) {
    if (from === "stdout") {
      summaryLines.push(text);
      continue;
    }
    const progress = parseProgress(text);
    if (progress === null) {
      const path = context.rawFile("pgbench.stderr");
      throw new DynoError("LOAD_OUTPUT_UNREADABLE", { tool: "pgbench", line: text, path });
    }
    if (progress !== undefined) {
      const latency =
        progress.latencyMsMean === null ? "" : `, ${formatNumber(progress.latencyMsMean)} ms`;
      context.say(`pgbench: ${formatNumber(progress.tps)} tps${latency}`);
      continue;
    }
    const atMs = context.clock.now();
    const aborted = collector.take(text, atMs);
    if (aborted === null) continue;
    abortedClients += 1;
    const { transaction } = aborted;
    if (transaction === null) continue;
    lost[transaction] += 1;
    if (transaction !== "open") digest.addLost(transaction, aborted.script ?? 0, atMs);
  }
  return {
    summaryLines,
    abortedClients,
    lostFailed: lost.failed,
    lostUnknown: lost.unknown,
    leftOpen: lost.open,
  };
}
