import { LatencyHistogram } from "./latency-histogram.ts";
import type { ScriptError } from "./client-host.ts";
import type { Outcome } from "./outcome.ts";
import type { LoadError, ScriptCounts, StatementCounts } from "./worker-message.ts";

/** What one script did since the last interval. */
class ScriptTally {
  transactions = 0;
  okWarn = 0;
  failed = 0;
  skipped = 0;
  retried = 0;
  unknown = 0;
  readonly latency = new LatencyHistogram();
  readonly service = new LatencyHistogram();
  readonly lag = new LatencyHistogram();

  drain(): ScriptCounts {
    const { transactions, okWarn, failed, skipped, retried, unknown } = this;
    this.transactions = this.okWarn = this.failed = 0;
    this.skipped = this.retried = this.unknown = 0;
    return {
      transactions,
      okWarn,
      failed,
      skipped,
      retried,
      unknown,
      latency: this.latency.drain(),
      service: this.service.drain(),
      lag: this.lag.drain(),
    };
  }
}

/** Everything that a worker counts. */
export class Tally {
  readonly scripts: readonly ScriptTally[];
  /** Per script and statement: answers, their time in ms, and errors. */
  private readonly statementCount: readonly Float64Array[];
  private readonly statementMs: readonly Float64Array[];
  private readonly statementFailures: readonly Float64Array[];
  lostConnections = 0;
  connects = 0;
  connectFailures = 0;
  connectMsSum = 0;
  private readonly errors = new Map<
    string,
    { -readonly [Key in keyof LoadError]: LoadError[Key] }
  >();

  /** `statements`: how many each script has. */
  constructor(statements: readonly number[]) {
    this.scripts = statements.map(() => new ScriptTally());
    const zeroes = (): Float64Array[] => statements.map((count) => new Float64Array(count));
    this.statementCount = zeroes();
    this.statementMs = zeroes();
    this.statementFailures = zeroes();
  }

  countOutcome(script: number, outcome: Outcome, tries: number): void {
    const tally = this.scripts[script] as ScriptTally;
    if (tries > 1) tally.retried++;
    if (outcome === "ok") tally.transactions++;
    else if (outcome === "fail") tally.failed++;
    else if (outcome === "unknown") tally.unknown++;
    else {
      tally.transactions++;
      tally.okWarn++;
    }
  }

  /** A statement was answered after `ms`. */
  countStatement(script: number, statement: number, ms: number, failed: boolean): void {
    add(this.statementCount[script] as Float64Array, statement, 1);
    add(this.statementMs[script] as Float64Array, statement, ms);
    if (failed) add(this.statementFailures[script] as Float64Array, statement, 1);
  }

  /** Durations in ms. Open loop: `latencyMs` runs from the scheduled start. */
  recordClosed(script: number, latencyMs: number): void {
    (this.scripts[script] as ScriptTally).latency.record(latencyMs * 1000);
  }

  recordOpen(script: number, latencyMs: number, serviceMs: number): void {
    const tally = this.scripts[script] as ScriptTally;
    tally.latency.record(latencyMs * 1000);
    tally.service.record(serviceMs * 1000);
    tally.lag.record((latencyMs - serviceMs) * 1000);
  }

  /** @returns the error where it is the first of its kind; `atMs` since the load's start. */
  countError(error: ScriptError, atMs: number): LoadError | null {
    const { code, message, hint = null, script, statement } = error;
    const key = keyOfError(code, script, statement?.index);
    const known = this.errors.get(key);
    if (known !== undefined) {
      known.count++;
      known.lastMs = atMs;
      return null;
    }
    const line = error.lineOrNull();
    const text = statement?.text ?? null;
    const times = { firstMs: atMs, lastMs: atMs };
    const first = { code, message, hint, script, line, statement: text, count: 1, ...times };
    this.errors.set(key, first);
    return first;
  }

  summarizeErrors(): LoadError[] {
    return [...this.errors.values()];
  }

  summarizeStatements(): StatementCounts[][] {
    return this.statementCount.map((counts, script) =>
      [...counts].map((count, statement) => ({
        count,
        sumMs: this.statementMs[script]?.[statement] ?? 0,
        failures: this.statementFailures[script]?.[statement] ?? 0,
      })),
    );
  }
}

/** Errors with the same key are of one kind. */
function keyOfError(code: string, script: number | null, statement: number | undefined): string {
  return `${code} ${script} ${statement}`;
}

function add(counts: Float64Array, index: number, by: number): void {
  counts[index] = (counts[index] as number) + by;
}
