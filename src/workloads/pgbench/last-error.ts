import type { ProcessExit } from "../../lib/processes.ts";

/** Why pgbench ended, in its own words: its last lines about errors, or how it exited. */
export function lastErrorOf(exit: ProcessExit): string {
  const lines = exit.stderrTail.split("\n").filter((line) => line.trim() !== "");
  const first = lines.findIndex((line) => /\b(?:error|fatal|FATAL|ERROR|PANIC):/.test(line));
  if (first !== -1) {
    return lines
      .slice(first, first + 3)
      .map((line) => line.trim())
      .join(" ");
  }
  const how = exit.signal === null ? `status ${exit.status}` : `signal ${exit.signal}`;
  return lines.length === 0 ? `it ended with ${how}` : `it ended with ${how}: ${lines.at(-1)!}`;
}
