import { longestCommonGapOrNull, type Gap } from "./gaps.ts";
import type { LoadSecond } from "./merge-seconds.ts";
import type { LoadError, OutcomeCounts, StatementCounts, WorkerSummary } from "./worker-message.ts";

export interface StatementSummary extends StatementCounts {
  readonly script: string;
  /** From 0, in the order of the script. */
  readonly index: number;
  /** Its text, first line only. */
  readonly text: string;
}

/** What a whole load came to. Counts include warm-up and cool-down: windows are cut from the seconds. */
export interface LoadSummary extends OutcomeCounts {
  readonly durationMs: number;
  /** When the load began: UTC ms, and ms of `process.hrtime` of this machine. */
  readonly startedEpochMs: number;
  readonly startedHrtimeMs: number;
  /** Open loop: how many fell due; `null` in a closed loop. */
  readonly offered: number | null;
  /** Open loop: fell due and were never started, because the load ended first. */
  readonly neverStarted: number;
  readonly statements: readonly StatementSummary[];
  /** Longest stretch without a completion, by all workers; `null`: none of `gapResolutionMs` or more. */
  readonly longestGap: Gap | null;
  readonly gapResolutionMs: number;
  /** Whole seconds without a completion. */
  readonly zeroSeconds: number;
  /** Per client, by its number: its longest stretch without a completion. */
  readonly clientGapsMs: readonly number[];
  readonly errors: readonly LoadError[];
  /** Clients that ended before the load: their script cannot go on, or `reconnect` is off. */
  readonly aborted: readonly { readonly client: number; readonly because: string }[];
  readonly connects: number;
  readonly connectFailures: number;
  readonly connectMsMean: number | null;
  readonly lostConnections: number;
}

export function summarize(about: {
  readonly seconds: SecondTotals;
  readonly workers: readonly WorkerSummary[];
  readonly scripts: readonly { readonly name: string; readonly statements: readonly string[] }[];
  readonly startedEpochMs: number;
  readonly startedHrtimeMs: number;
}): LoadSummary {
  const { workers, scripts, seconds } = about;
  const sum = (of: (worker: WorkerSummary) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0);
  const connects = sum((worker) => worker.connects);
  return {
    ...seconds.totals(),
    startedEpochMs: about.startedEpochMs,
    startedHrtimeMs: about.startedHrtimeMs,
    neverStarted: sum(({ neverStarted }) => neverStarted),
    statements: scripts.flatMap(({ name, statements }, i) =>
      statements.map((text, index) => ({
        script: name,
        index,
        text,
        ...mergeStatements(workers.flatMap((worker) => worker.statements[i]?.[index] ?? [])),
      })),
    ),
    longestGap: longestCommonGapOrNull(workers.map(({ gaps }) => gaps)),
    gapResolutionMs: Math.max(...workers.map(({ gapsMinMs }) => gapsMinMs)),
    clientGapsMs: workers
      .flatMap(({ clientGapsMs }) => clientGapsMs)
      .sort((a, b) => a.client - b.client)
      .map(({ gapMs }) => gapMs),
    errors: mergeErrors(workers.flatMap(({ errors }) => errors)),
    aborted: workers.flatMap(({ aborted }) => aborted),
    connects,
    connectFailures: sum(({ connectFailures }) => connectFailures),
    connectMsMean: connects === 0 ? null : sum(({ connectMsSum }) => connectMsSum) / connects,
    lostConnections: sum(({ lostConnections }) => lostConnections),
  };
}

/** Adds up the seconds as they come, so that a long load keeps none of them. */
export class SecondTotals {
  private readonly sums = {
    transactions: 0,
    okWarn: 0,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
  };
  private durationMs = 0;
  private zeroSeconds = 0;
  private offered: number | null = null;

  add(second: LoadSecond, isWhole: boolean): void {
    let completions = 0;
    for (const script of second.perScript) {
      completions += script.transactions;
      for (const name of Object.keys(this.sums) as (keyof typeof this.sums)[]) {
        this.sums[name] += script[name];
      }
    }
    this.durationMs = second.atMs;
    if (second.offered !== null) this.offered = (this.offered ?? 0) + second.offered;
    if (isWhole && completions === 0) this.zeroSeconds++;
  }

  totals(): typeof this.sums & Pick<LoadSummary, "durationMs" | "zeroSeconds" | "offered"> {
    const { durationMs, zeroSeconds, offered } = this;
    return { ...this.sums, durationMs, zeroSeconds, offered };
  }
}

function mergeStatements(parts: readonly StatementCounts[]): StatementCounts {
  const sum = (of: (part: StatementCounts) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    count: sum(({ count }) => count),
    sumMs: sum(({ sumMs }) => sumMs),
    failures: sum(({ failures }) => failures),
  };
}

/** Threads that met the same error at the same place; the words are those of whoever met it first. */
function mergeErrors(errors: readonly LoadError[]): LoadError[] {
  const merged = new Map<string, LoadError>();
  for (const error of errors.toSorted((a, b) => a.firstMs - b.firstMs)) {
    const key = `${error.code} ${error.script} ${error.statement}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, error);
    else {
      const lastMs = Math.max(known.lastMs, error.lastMs);
      merged.set(key, { ...known, count: known.count + error.count, lastMs });
    }
  }
  return [...merged.values()].sort((a, b) => b.count - a.count);
}
