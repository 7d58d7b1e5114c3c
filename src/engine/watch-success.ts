/**
 * Notices a load in which nothing succeeds: measuring on would waste the user's time, and the figures
 * would be none.
 */
import type { LoadInterval, WorkloadOutcome } from "../contracts/workload.ts";
import { DynoError } from "../lib/errors.ts";
import { explainScriptError, tellScriptError } from "../lib/script-error-text.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";

/**
 * Transactions that fail for so long while none succeeds: a service that comes up late, or a lock that
 * somebody holds for a moment, has its chance.
 */
const FAILING_MS = 10_000;
/** Kinds of errors that are told. */
const KINDS_MAX = 3;

export interface SuccessWatch {
  /** Aborts once so many transactions failed, and none succeeded, that the load is given up. */
  readonly hopeless: AbortSignal;
  observe(interval: LoadInterval): void;
  /** The load has ended. @throws {DynoError} LOAD_FAILING where nothing succeeded that counts. */
  judge(
    outcome: WorkloadOutcome,
    window: { readonly startMs: number; readonly loadMs: number },
  ): void;
}

export function watchSuccess(trial: PlannedTrial): SuccessWatch {
  const hopeless = new AbortController();
  let [failed, triedMs] = [0, 0];
  let lastSuccessMs: number | null = null;
  return {
    hopeless: hopeless.signal,
    observe({ atMs, intervalMs, scripts }) {
      // An interval belongs to where most of it lies.
      const middleMs = atMs - intervalMs / 2;
      if (scripts.some(({ transactions }) => transactions > 0)) lastSuccessMs = middleMs;
      failed += scripts.reduce((sum, script) => sum + script.failed + script.unknown, 0);
      triedMs += intervalMs;
      if (lastSuccessMs !== null || failed === 0 || triedMs < FAILING_MS) return;
      hopeless.abort(new Error("nothing succeeds"));
    },
    judge(outcome, { startMs, loadMs }) {
      const troubles = outcome.failed + outcome.unknown + (outcome.endedClients ?? 0);
      if (outcome.transactions > 0) {
        const isInWindow = lastSuccessMs !== null && lastSuccessMs > startMs;
        // Transactions that are longer than the window are no error.
        if (isInWindow || troubles === 0 || mayStop(trial)) return;
        throw failing(outcome, trial, `its window of ${formatDurationMs(trial.windowMs)}`);
      }
      // An open loop that is late with everything has an answer: the rate is too high.
      if (outcome.skipped > 0 && troubles === 0) return;
      throw failing(outcome, trial, formatDurationMs(loadMs));
    },
  };
}

/** A fault may well keep all from succeeding while the window is open; before, something must have. */
function mayStop({ disturbance, ceiling, recovery }: PlannedTrial): boolean {
  return disturbance !== undefined || ceiling !== undefined || recovery !== undefined;
}

function failing(outcome: WorkloadOutcome, trial: PlannedTrial, time: string): DynoError {
  const { errors = [] } = outcome;
  const [first] = errors;
  const none = "No error was seen: the clients waited for their answers all the time";
  const more = errors.length - KINDS_MAX;
  return new DynoError("LOAD_FAILING", {
    load: `${trial.curveTitle}, ${clientsOf(trial)}`,
    time,
    what: whatHappened(outcome, trial),
    first: first === undefined ? none : tellScriptError(first),
    list: [
      ...errors
        .slice(0, KINDS_MAX)
        .map((error) => `${formatNumber(error.count)} × ${explainScriptError(error)}\n`),
      ...(more > 0 ? [`More kinds of errors, ${more} of them, are in the report.\n`] : []),
    ].join(""),
  });
}

function whatHappened(
  { failed, unknown, endedClients = 0 }: WorkloadOutcome,
  trial: PlannedTrial,
): string {
  if (endedClients >= trial.clients) {
    return `${trial.clients === 1 ? "the client" : `all ${clientsOf(trial)}`} ended at an error`;
  }
  if (failed > 0) return `${formatNumber(failed)} failed`;
  return unknown > 0 ? `${formatNumber(unknown)} were not answered` : "none was answered";
}

function clientsOf({ clients }: PlannedTrial): string {
  return clients === 1 ? "1 client" : `${clients} clients`;
}
