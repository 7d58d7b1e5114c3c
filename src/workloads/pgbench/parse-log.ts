/**
 * pgbench's per-transaction log, read as bytes: at tens of thousands of lines per second strings
 * would cost more than the load.
 *
 * ```
 * client_id transaction_no time|word script_no time_epoch time_us [schedule_lag] [retries]
 * ```
 *
 * The word `skipped`, `failed`, `serialization` or `deadlock` stands in place of the time. The lag
 * is there with `--rate`, the retries with `--max-tries` other than 1; nothing else is accepted.
 *
 * @see https://www.postgresql.org/docs/current/pgbench.html#id-1.9.4.11.9.15.1
 */
export interface LogColumns {
  readonly lag: boolean;
  readonly retries: boolean;
}

/** How a logged transaction ended. */
export const ENDED = { ok: 0, skipped: 1, failed: 2, serialization: 3, deadlock: 4 } as const;

/** Takes one transaction; times in whole microseconds, the end as seconds since 1970 and the rest. */
export interface LogSink {
  add(
    ended: number,
    script: number,
    us: number,
    epochS: number,
    epochUs: number,
    lagUs: number,
    retries: number,
  ): void;
}

/** A line that is not what pgbench writes. */
export class LogLineError extends Error {
  readonly line: string;

  constructor(line: string) {
    super(`This line of pgbench's log cannot be read: ${line}`);
    this.line = line;
  }
}

const LINE_END = 10;
const ZERO = 48;
/**
 * Bytes are looked at after `^ ZERO`, which makes 0 to 9 of the digits and more of all others: one
 * comparison instead of two.
 */
const SPACE = 32 ^ ZERO;
const NEWLINE = LINE_END ^ ZERO;
const WORDS = (["skipped", "failed", "serialization", "deadlock"] as const).map((word) => ({
  bytes: Buffer.from(`${word} `),
  ended: ENDED[word],
}));
/** Digits beyond this are no time, number or lag of ours; also keeps sums exact. */
const DIGITS_MAX = 15;

/**
 * Reads the whole lines between `start` and `end`.
 *
 * @returns where the first unfinished line starts; `end` where there is none.
 * @throws {LogLineError}
 */
export function parseLog(
  bytes: Uint8Array,
  start: number,
  end: number,
  columns: LogColumns,
  sink: LogSink,
): number {
  const stop = bytes.lastIndexOf(LINE_END, end - 1) + 1;
  if (stop <= start) return start;
  const { lag: hasLag, retries: hasRetries } = columns;
  let at = start;
  while (at < stop) {
    const lineStart = at;
    let digit = 0;
    let from = at;

    // client_id and transaction_no: only that they are numbers matters.
    while ((digit = bytes[at]! ^ ZERO) <= 9) at += 1;
    if (digit !== SPACE || at === from) throw unreadable(bytes, lineStart);
    from = at += 1;
    while ((digit = bytes[at]! ^ ZERO) <= 9) at += 1;
    if (digit !== SPACE || at === from) throw unreadable(bytes, lineStart);
    from = at += 1;

    let us = 0;
    let ended: number = ENDED.ok;
    while ((digit = bytes[at]! ^ ZERO) <= 9) {
      us = us * 10 + digit;
      at += 1;
    }
    if (at === from) {
      const word = wordAt(bytes, at);
      if (word === undefined) throw unreadable(bytes, lineStart);
      at += word.bytes.length - 1;
      ended = word.ended;
      digit = SPACE;
    }
    if (digit !== SPACE || at - from > DIGITS_MAX) throw unreadable(bytes, lineStart);
    from = at += 1;

    let script = 0;
    while ((digit = bytes[at]! ^ ZERO) <= 9) {
      script = script * 10 + digit;
      at += 1;
    }
    if (digit !== SPACE || at === from) throw unreadable(bytes, lineStart);
    from = at += 1;

    let epochS = 0;
    while ((digit = bytes[at]! ^ ZERO) <= 9) {
      epochS = epochS * 10 + digit;
      at += 1;
    }
    if (digit !== SPACE || at === from || at - from > DIGITS_MAX)
      throw unreadable(bytes, lineStart);
    from = at += 1;

    let epochUs = 0;
    while ((digit = bytes[at]! ^ ZERO) <= 9) {
      epochUs = epochUs * 10 + digit;
      at += 1;
    }
    if (at === from || epochUs >= 1_000_000) throw unreadable(bytes, lineStart);

    let lagUs = 0;
    if (hasLag) {
      if (digit !== SPACE) throw unreadable(bytes, lineStart);
      from = at += 1;
      while ((digit = bytes[at]! ^ ZERO) <= 9) {
        lagUs = lagUs * 10 + digit;
        at += 1;
      }
      if (at === from || at - from > DIGITS_MAX) throw unreadable(bytes, lineStart);
    }

    let retries = 0;
    if (hasRetries) {
      if (digit !== SPACE) throw unreadable(bytes, lineStart);
      from = at += 1;
      while ((digit = bytes[at]! ^ ZERO) <= 9) {
        retries = retries * 10 + digit;
        at += 1;
      }
      if (at === from || at - from > DIGITS_MAX) throw unreadable(bytes, lineStart);
    }

    if (digit !== NEWLINE) throw unreadable(bytes, lineStart);
    at += 1;
    sink.add(ended, script, us, epochS, epochUs, lagUs, retries);
  }
  return stop;
}

/** A function of its own: a closure in the hot loop would move its variables to the heap. */
function wordAt(bytes: Uint8Array, at: number): (typeof WORDS)[number] | undefined {
  return WORDS.find((word) => word.bytes.every((letter, index) => bytes[at + index] === letter));
}

function unreadable(bytes: Uint8Array, lineStart: number): LogLineError {
  const lineEnd = bytes.indexOf(LINE_END, lineStart);
  return new LogLineError(Buffer.from(bytes.subarray(lineStart, lineEnd)).toString("latin1"));
}
