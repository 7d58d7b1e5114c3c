/** What pgbench says when a client cannot go on. */
export interface ClientAborted {
  readonly client: number;
  /** `null` where it was in none. */
  readonly script: number | null;
  /**
   * What became of its transaction: `failed`, the server or pgbench refused it; `unknown`, it was
   * sent and the connection broke before the answer; `null`, there was none.
   */
  readonly transaction: "failed" | "unknown" | null;
  /** The message, for people. */
  readonly text: string;
}

const ABORTED = /^(?:pgbench: error: )?(client (\d+) (?:script (\d+) )?aborted\b.*)$/;
const OF_SCRIPT = / of script (\d+); /;
const IN_SQL = / aborted in command \d+ \(SQL\) of script /;
/** Severities after which the server ends the connection, so that a commit may have happened. */
const CONNECTION_ENDED =
  /FATAL:|PANIC:|server closed the connection|connection to server was lost|backend died while|could not receive data|SSL connection has been closed/;

/** Reads a line of standard error; `null` for one that is not about an aborted client. */
export function parseClientAborted(line: string): ClientAborted | null {
  const match = ABORTED.exec(line);
  if (match === null) return null;
  const text = match[1]!;
  const script = match[3] ?? OF_SCRIPT.exec(text)?.[1];
  return {
    client: Number(match[2]),
    script: script === undefined ? null : Number(script),
    transaction: fateOf(text, script !== undefined),
    text,
  };
}

function fateOf(text: string, hasScript: boolean): ClientAborted["transaction"] {
  if (text.includes("while establishing connection")) return null;
  if (CONNECTION_ENDED.test(text) || IN_SQL.test(text)) return "unknown";
  return hasScript || text.includes("rolling back") ? "failed" : null;
}
