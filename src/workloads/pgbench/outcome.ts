import type { TrialError, WorkloadOutcome } from "../../contracts/workload.ts";
import { DynoError } from "../../lib/errors.ts";
import type { ProcessExit } from "../../lib/processes.ts";
import { formatNumber } from "../../lib/units.ts";
import type { LogTotals } from "./digest-log.ts";
import { lastErrorOf } from "./last-error.ts";
import { parseSummary, SummaryError, type Summary } from "./parse-summary.ts";
import type { Script } from "./scripts.ts";
import type { PgbenchOutput } from "./watch-output.ts";

/** pgbench's exit status when clients died; the summary then looks as if nothing had happened. */
const SOME_CLIENTS_DIED = 2;
/** Less of the offered rate than this was not a load at that rate. */
const DELIVERED_SHARE_MIN = 0.99;
/** The schedule is a Poisson process: its count scatters by the square root of its mean. */
const POISSON_SIGMAS = 4;

export interface Ended {
  readonly exit: ProcessExit;
  readonly output: PgbenchOutput;
  readonly errors: readonly TrialError[];
  readonly totals: LogTotals;
  readonly scripts: readonly Script[];
  readonly threads: number;
  readonly clients: number;
  readonly rateTps: number | null;
  readonly durationMs: number;
  readonly wasEndedEarly: boolean;
  readonly generatorCpuMs: number | null;
  readonly outputPath: string;
}

/**
 * What the load came to, by the log, checked against pgbench's own summary.
 *
 * @throws {DynoError} LOAD_FAILED where nothing ran; LOAD_OUTPUT_UNREADABLE
 */
export function toOutcome(ended: Ended): WorkloadOutcome {
  const { exit, output, totals, wasEndedEarly } = ended;
  const ranThrough = exit.status === 0 || exit.status === SOME_CLIENTS_DIED;
  const nothingRan = totals.transactions + totals.failed + totals.skipped === 0;
  // Errors of the script are told by the engine, with their place.
  const isUntold = nothingRan && exit.status !== 0 && ended.errors.length === 0;
  if (!wasEndedEarly && (!ranThrough || isUntold)) {
    throw new DynoError("LOAD_FAILED", {
      tool: "pgbench",
      doing: "putting the load on",
      because: lastErrorOf(exit),
      path: ended.outputPath,
    });
  }
  const summary = ranThrough ? readSummary(ended) : null;
  return {
    transactions: totals.transactions - output.leftOpen,
    failed: totals.failed + output.lostFailed + output.leftOpen,
    skipped: totals.skipped,
    retried: totals.retried,
    unknown: output.lostUnknown,
    generatorCpuMs: ended.generatorCpuMs,
    generatorThreads: ended.threads,
    eventLoopDelayMsP99: null,
    statements: summary === null ? [] : statementsOf(summary, ended.scripts, totals.transactions),
    errors: ended.errors.toSorted((a, b) => b.count - a.count),
    endedClients: output.abortedClients,
    warnings: warningsOf(ended, summary),
  };
}

function readSummary({ output, outputPath }: Ended): Summary {
  try {
    return parseSummary(output.summaryLines);
  } catch (error) {
    if (!(error instanceof SummaryError)) throw error;
    throw new DynoError(
      "LOAD_OUTPUT_UNREADABLE",
      { tool: "pgbench", line: error.message, path: outputPath },
      { cause: error },
    );
  }
}

/** pgbench prints no count per statement: each is taken to run once in each transaction. */
function statementsOf(
  summary: Summary,
  scripts: readonly Script[],
  transactions: number,
): WorkloadOutcome["statements"] {
  return summary.scripts.flatMap((script, index) =>
    script.statements.map(({ position, text, failed, latencyMsMean }) => ({
      script: scripts[index]?.name ?? `script ${index + 1}`,
      position,
      text,
      count: script.transactions ?? transactions,
      failed: failed ?? 0,
      latencyMsMean,
    })),
  );
}

function warningsOf(ended: Ended, summary: Summary | null): readonly string[] {
  const { output, totals, clients, rateTps, durationMs, wasEndedEarly } = ended;
  const warnings: string[] = [];
  if (output.abortedClients > 0) {
    warnings.push(
      `${output.abortedClients} of ${clients} clients ended at an error, and the load was that much smaller from then on.`,
    );
  } else if (ended.exit.status === SOME_CLIENTS_DIED) {
    warnings.push(`pgbench says that its run was aborted: ${lastErrorOf(ended.exit)}`);
  }
  if (totals.failed > 0) {
    warnings.push(
      `${formatNumber(totals.failed)} transactions failed: ${formatNumber(totals.serializationFailures)} by serialization, ${formatNumber(totals.deadlockFailures)} by deadlock.`,
    );
  }
  if (totals.transactions + totals.failed + totals.skipped === 0) {
    warnings.push("No transaction ended in the time that the load had.");
  }
  if (rateTps !== null && !wasEndedEarly) {
    // pgbench's time runs from before it connects, its schedule from after.
    const loadedMs = Math.ceil(durationMs / 1000) * 1000 - (summary?.connectingMs ?? 0);
    const offered = (rateTps * loadedMs) / 1000;
    const begun = totals.transactions + totals.failed + totals.skipped + output.lostUnknown;
    const few = Math.min(
      offered * DELIVERED_SHARE_MIN,
      offered - POISSON_SIGMAS * Math.sqrt(offered),
    );
    if (begun < few) {
      warnings.push(
        `The rate was not delivered: ${formatNumber(begun)} of about ${formatNumber(offered)} transactions were begun.`,
      );
    }
  }
  if (summary !== null && summary.processed !== totals.transactions) {
    warnings.push(
      `pgbench counted ${summary.processed} transactions, and its log holds ${totals.transactions}.`,
    );
  }
  if (summary === null) {
    warnings.push(
      "pgbench was ended before it could write out its log: up to 4 kB of each thread are missing, and there is no summary.",
    );
  }
  if (totals.late > 0) {
    warnings.push(
      `${formatNumber(totals.late)} transactions were logged so late that they are counted in a later second.`,
    );
  }
  if (totals.clockShiftMs !== 0) {
    warnings.push(
      `The machine's clock was set while the run went on: pgbench's times were moved by ${formatNumber(totals.clockShiftMs / 1000)} s.`,
    );
  }
  return warnings;
}
