import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Server settings under which `readSessions` can tell who said what. */
export const LOG_PARAMETERS = {
  log_statement: "all",
  log_line_prefix: "<%a %p> ",
  log_min_error_statement: "panic",
} as const;

/** What each session of one application said since `from`, one text per session, sorted. */
export async function readSessions(
  logFile: string,
  from: number,
  application: string,
): Promise<{ sessions: string[]; end: number }> {
  // The server's last lines may still be on their way.
  await sleep(60);
  const log = (await readFile(logFile)).subarray(from);
  const sessions = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of log.toString("utf8").split("\n")) {
    const match = /^<([^>]*) (\d+)> (LOG|DETAIL|ERROR|FATAL|STATEMENT|HINT): {2}(.*)$/.exec(line);
    if (match === null) {
      if (line.startsWith("\t") && current !== null) current.push(line);
      continue;
    }
    const [, name, pid, level, text] = match as unknown as string[];
    current = null;
    const isSaid = level === "LOG" && /^(statement|execute \S+): /.test(text as string);
    const isParameters = level === "DETAIL" && (text as string).startsWith("parameters: ");
    if (name !== application || !(isSaid || isParameters)) continue;
    current = sessions.get(pid as string) ?? [];
    sessions.set(pid as string, current);
    current.push(text as string);
  }
  return {
    sessions: [...sessions.values()].map((lines) => lines.join("\n")).sort(),
    end: from + log.length,
  };
}

/** Sessions of the load itself: pgbench counts branches on a session of its own first. */
export function withoutPreparation(sessions: readonly string[]): string[] {
  return sessions.filter((session) => !session.includes("select count(*) from pgbench_branches"));
}
