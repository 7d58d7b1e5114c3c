/** What pgbench says when a client cannot go on. */
export interface ClientAborted {
  /** `null` where pgbench does not say which. */
  readonly client: number | null;
  /** `null` where it was in none. */
  readonly script: number | null;
  /** Number of the command in its script, from 0; `null` where it was in none. */
  readonly command: number | null;
  /**
   * What became of its transaction: `failed`, the server or pgbench refused it; `unknown`, it was
   * sent and the connection broke before the answer; `open`, it was counted as done when it was not;
   * `null`, there was none.
   */
  readonly transaction: "failed" | "unknown" | "open" | null;
  /** The whole line, and the reason alone: with the server's severity where the server gave it. */
  readonly text: string;
  readonly reason: string;
}

/** The second form, of `\gset`, does not say that the client ends there, as it does. */
const ABORTED =
  /^(?:pgbench: error: )?(client (\d+) (?:script (\d+) )?(?:aborted\b|command \d+ query \d+: ).*)$/;
const OF_SCRIPT = / of script (\d+); /;
const IN_COMMAND = / command (\d+) /;
const BEFORE_REASON = /^.*?(?: query \d+: | of script \d+; | aborted: )/;
/** Without a client's number: the client, and its place, stay unknown. */
const COPY_REFUSED = /^pgbench: error: (COPY is not supported in pgbench)/;
const LEFT_OPEN = "end of script reached without completing the last transaction";
const IN_SQL = / aborted in command \d+ \(SQL\) of script /;
/** Severities after which the server ends the connection, so that a commit may have happened. */
const CONNECTION_ENDED =
  /FATAL:|PANIC:|server closed the connection|connection to server was lost|backend died while|could not receive data|SSL connection has been closed/;

/** Reads a line of standard error; `null` for one that is not about an aborted client. */
export function parseClientAborted(line: string): ClientAborted | null {
  const copy = COPY_REFUSED.exec(line)?.[1];
  if (copy !== undefined) {
    const nowhere = { client: null, script: null, command: null } as const;
    return { ...nowhere, transaction: "failed", text: copy, reason: copy };
  }
  const match = ABORTED.exec(line);
  if (match === null) return null;
  const text = match[1]!;
  const script = match[3] ?? OF_SCRIPT.exec(text)?.[1];
  const command = IN_COMMAND.exec(text)?.[1];
  return {
    client: Number(match[2]),
    script: script === undefined ? null : Number(script),
    command: command === undefined ? null : Number(command),
    transaction: fateOf(text, script !== undefined),
    text,
    reason: text.replace(BEFORE_REASON, ""),
  };
}

function fateOf(text: string, hasScript: boolean): ClientAborted["transaction"] {
  if (text.includes("while establishing connection")) return null;
  if (text.includes(LEFT_OPEN)) return "open";
  if (CONNECTION_ENDED.test(text) || IN_SQL.test(text)) return "unknown";
  return hasScript || text.includes("rolling back") ? "failed" : null;
}
