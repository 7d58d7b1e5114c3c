/**
 * What pgbench 12 to 18 prints when it is done. Every line must be known: a changed one is an error,
 * never a silent 0. `null` where pgbench did not print it.
 *
 * @see https://www.postgresql.org/docs/current/pgbench.html
 */
export interface Summary {
  /** `15.18 (Debian 15.18-0+deb12u1)`; `null` before 14. */
  readonly version: string | null;
  readonly processed: number;
  readonly failed: number | null;
  readonly serializationFailures: number | null;
  readonly deadlockFailures: number | null;
  readonly skipped: number | null;
  /** Tries after the first, of all transactions. */
  readonly retries: number | null;
  /** Later than the latency limit, of those that were sent. */
  readonly aboveLimit: number | null;
  readonly latencyMsMean: number | null;
  readonly lagMsMean: number | null;
  /** Until all clients were connected; `null` before 14 and with a connection per transaction. */
  readonly connectingMs: number | null;
  /** Without the time that connecting took, except with a connection per transaction. */
  readonly tps: number | null;
  /** One for each script, in the order of their numbers. A single script has no numbers of its own. */
  readonly scripts: readonly ScriptSummary[];
}

interface ScriptSummary {
  readonly transactions: number | null;
  readonly statements: readonly StatementSummary[];
}

interface StatementSummary {
  /** From 1. */
  readonly position: number;
  readonly text: string;
  readonly latencyMsMean: number;
  /** `null` before pgbench 15. */
  readonly failed: number | null;
}

/** A summary that cannot be read, with the line where reading ended. */
export class SummaryError extends Error {
  readonly line: string;

  constructor(line: string, because: string) {
    super(`${because}: ${line}`);
    this.line = line;
  }
}

const N = "(\\d+)";
const MS = "([\\d.]+)";
const PERCENT = " \\((?:[\\d.]+|-?nan|NaN) ?%\\)";

type Field = Exclude<keyof Summary, "version" | "scripts">;

/** Lines with a number that is kept, at the top and, after ` - `, in a script's block. */
const FIELDS: readonly (readonly [RegExp, Field])[] = (
  [
    [`number of transactions actually processed: ${N}(?:/\\d+)?`, "processed"],
    [`number of failed transactions: ${N}${PERCENT}`, "failed"],
    [`number of serialization failures: ${N}${PERCENT}`, "serializationFailures"],
    [`number of deadlock failures: ${N}${PERCENT}`, "deadlockFailures"],
    [`number of transactions skipped: ${N}${PERCENT}`, "skipped"],
    [`total number of retries: ${N}`, "retries"],
    [
      `number of transactions above the [\\d.]+ ms latency limit: ${N}(?:/\\d+)?${PERCENT}`,
      "aboveLimit",
    ],
    [`latency average = ${MS} ms(?: \\(including failures\\))?`, "latencyMsMean"],
    [`initial connection time = ${MS} ms`, "connectingMs"],
    [`rate limit schedule lag: avg ${MS} \\(max [\\d.]+\\) ms`, "lagMsMean"],
    [
      `tps = ${MS} \\((?:without initial connection time|including reconnection times|excluding connections establishing)\\)`,
      "tps",
    ],
  ] as const
).map(([pattern, field]) => [new RegExp(`^${pattern}$`), field]);

/** Lines whose content we gave ourselves or have from the log. */
const KNOWN = new RegExp(
  `^(?:transaction type: .*|scaling factor: \\d+|partition method: \\w+|partitions: \\d+|query mode: \\w+|number of clients: \\d+|number of threads: \\d+|maximum number of tries: \\d+|number of transactions per client: \\d+|duration: \\d+ s|number of transactions retried: \\d+${PERCENT}|latency stddev = [\\d.]+ ms|average connection time = [\\d.]+ ms|tps = [\\d.]+ \\(including connections establishing\\)|weight: \\d+ \\(targets [\\d.]+% of total\\))?$`,
);
const VERSION = /^pgbench \((.+?)(?:, server .+)?\)$/;
const SCRIPT = /^SQL script (\d+): /;
const SCRIPT_TRANSACTIONS =
  /^(\d+) transactions \((?:[\d.]+|-?nan|NaN)% of total(?:, tps = (?:[\d.]+|-?nan|NaN))?\)$/;
const STATEMENTS = /^statement latencies in milliseconds(| and failures|, failures and retries):$/;
const COLUMNS: Readonly<Record<string, RegExp>> = {
  "": /^\s+([\d.]+) {2}(.*)$/,
  " and failures": /^\s+([\d.]+)\s+(\d+) {1,2}(.*)$/,
  ", failures and retries": /^\s+([\d.]+)\s+(\d+)\s+\d+ {1,2}(.*)$/,
};

/** @throws {SummaryError} */
export function parseSummary(lines: readonly string[]): Summary {
  const numbers: Partial<Record<Field, number>> = {};
  const scripts: { transactions: number | null; statements: StatementSummary[] }[] = [];
  let version: string | null = null;
  let columns: RegExp | null = null;
  let inScript = false;

  for (const line of lines) {
    const statement = columns?.exec(line) ?? null;
    if (statement !== null) {
      const { statements } = scripts.at(-1)!;
      statements.push(toStatement(statement, statements.length + 1));
      continue;
    }
    columns = null;
    const text = line.replace(/^ - /, "");
    const script = SCRIPT.exec(text);
    const header = STATEMENTS.exec(text);
    const field = FIELDS.find(([pattern]) => pattern.test(text));
    if (script !== null) {
      if (Number(script[1]) !== scripts.length + 1)
        throw new SummaryError(line, "A script is missing");
      scripts.push({ transactions: null, statements: [] });
      inScript = true;
    } else if (header !== null) {
      if (!inScript) scripts.push({ transactions: null, statements: [] });
      columns = COLUMNS[header[1]!]!;
    } else if (inScript && SCRIPT_TRANSACTIONS.test(text)) {
      scripts.at(-1)!.transactions = Number(SCRIPT_TRANSACTIONS.exec(text)![1]);
    } else if (field !== undefined) {
      const [pattern, name] = field;
      if (inScript) continue; // The log tells the same by script.
      if (numbers[name] !== undefined) throw new SummaryError(line, "A line is there twice");
      numbers[name] = Number(pattern.exec(text)![1]);
    } else if (VERSION.test(text)) {
      version = VERSION.exec(text)![1]!;
    } else if (!KNOWN.test(text)) {
      throw new SummaryError(line, "A line is not known");
    }
  }
  const { processed } = numbers;
  if (processed === undefined) {
    throw new SummaryError(lines.at(-1) ?? "", "The number of transactions is missing");
  }
  if (processed > 0 && numbers.tps === undefined) {
    throw new SummaryError(lines.at(-1) ?? "", "The throughput is missing");
  }
  return {
    version,
    processed,
    failed: numbers.failed ?? null,
    serializationFailures: numbers.serializationFailures ?? null,
    deadlockFailures: numbers.deadlockFailures ?? null,
    skipped: numbers.skipped ?? null,
    retries: numbers.retries ?? null,
    aboveLimit: numbers.aboveLimit ?? null,
    latencyMsMean: numbers.latencyMsMean ?? null,
    lagMsMean: numbers.lagMsMean ?? null,
    connectingMs: numbers.connectingMs ?? null,
    tps: numbers.tps ?? null,
    scripts,
  };
}

/** With failures there are three groups, before pgbench 15 two; the text is always the last. */
function toStatement(match: RegExpExecArray, position: number): StatementSummary {
  return {
    position,
    text: match.at(-1)!,
    latencyMsMean: Number(match[1]),
    failed: match.length === 4 ? Number(match[2]) : null,
  };
}
