import type { TrialError, WorkloadOutcome } from "../contracts/workload.ts";

type Statement = WorkloadOutcome["statements"][number];

/** What each worker said of its part, by its name. */
export type OutcomeOfWorker = readonly [worker: string, outcome: WorkloadOutcome];

/** The parts of a load as one: counts and CPU as sums, the worst event loop, errors by kind. */
export function mergeOutcomes(parts: readonly OutcomeOfWorker[]): WorkloadOutcome {
  const outcomes = parts.map(([, outcome]) => outcome);
  const sum = (of: (outcome: WorkloadOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const known = outcomes.every(({ generatorCpuMs }) => generatorCpuMs !== null);
  const delays = outcomes.flatMap(({ eventLoopDelayMsP99 }) => eventLoopDelayMsP99 ?? []);
  const errors = outcomes.flatMap((outcome) => outcome.errors ?? []);
  return {
    transactions: sum(({ transactions }) => transactions),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    retried: sum(({ retried }) => retried),
    unknown: sum(({ unknown }) => unknown),
    generatorCpuMs: known ? sum(({ generatorCpuMs }) => generatorCpuMs ?? 0) : null,
    generatorThreads: sum(({ generatorThreads }) => generatorThreads),
    eventLoopDelayMsP99: delays.length === 0 ? null : Math.max(...delays),
    statements: mergeStatements(outcomes.flatMap(({ statements }) => statements)),
    ...(outcomes.every((outcome) => outcome.errors === undefined)
      ? {}
      : { errors: mergeErrors(errors) }),
    ...(outcomes.every(({ endedClients }) => endedClients === undefined)
      ? {}
      : { endedClients: sum(({ endedClients = 0 }) => endedClients) }),
    warnings: parts.flatMap(([worker, { warnings }]) =>
      warnings.map((warning) => `${worker}: ${warning}`),
    ),
  };
}

function mergeStatements(parts: readonly Statement[]): Statement[] {
  const merged = new Map<string, Statement>();
  for (const part of parts) {
    const key = JSON.stringify([part.script, part.position]);
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, part);
      continue;
    }
    const count = known.count + part.count;
    const sumMs = known.latencyMsMean * known.count + part.latencyMsMean * part.count;
    const failed = known.failed + part.failed;
    merged.set(key, { ...known, count, failed, latencyMsMean: sumMs / count });
  }
  return [...merged.values()];
}

/** The same code at the same statement; the words are those of whoever met it first. */
function mergeErrors(parts: readonly TrialError[]): TrialError[] {
  const merged = new Map<string, TrialError>();
  for (const part of parts.toSorted((a, b) => a.firstMs - b.firstMs)) {
    const key = kindOfError(part);
    const known = merged.get(key);
    const lastMs = Math.max(known?.lastMs ?? 0, part.lastMs);
    const count = (known?.count ?? 0) + part.count;
    merged.set(key, { ...(known ?? part), count, lastMs });
  }
  return [...merged.values()].sort((a, b) => b.count - a.count);
}

/** What makes two errors the same kind; without a code it is their words. */
export function kindOfError({
  sqlState,
  script,
  statement,
  message,
}: Pick<TrialError, "sqlState" | "script" | "statement" | "message">): string {
  return JSON.stringify([sqlState ?? message, script, statement]);
}
