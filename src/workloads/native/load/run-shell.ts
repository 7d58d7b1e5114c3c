/** Runs the programs of `\shell` and `\setshell`, which the user has permitted. */
import { execFile, type ChildProcess } from "node:child_process";
import { EvaluationError, formatValue } from "../../../lib/pgbench-script/value.ts";
import type { Slot } from "../script/compile-expression.ts";
import type { Step } from "../script/compile-script.ts";

const running = new Set<ChildProcess>();

/** The command line with its variables filled in. @throws {EvaluationError} where one is not set. */
export function readShellCommand(
  { words }: Step & { readonly is: "shell" },
  slots: readonly Slot[],
): string {
  return words
    .map((word) => {
      if (typeof word === "string") return word;
      const content = slots[word.slot];
      if (content === undefined) throw new EvaluationError(`undefined variable "${word.name}"`);
      return typeof content === "string" ? content : formatValue(content);
    })
    .join(" ");
}

/**
 * Starts a command line and tells how it ended: what went wrong, or `null` and the whole number that
 * it printed first, where one is wanted.
 */
export function startShell(
  command: string,
  wantsNumber: boolean,
  onEnded: (problem: string | null, value: number) => void,
): void {
  const child = execFile("/bin/sh", ["-c", command], (error, stdout) => {
    running.delete(child);
    // pgbench, too, looks only at the number of `\setshell`, and only at the status of `\shell`.
    if (!wantsNumber) return onEnded(error === null ? null : `\\shell: ${error.message}`, 0);
    const whole = /^\s*([-+]?\d+)\s*(?:\n|$)/.exec(stdout)?.[1];
    const problem = `\\setshell: \`${command}\` must print a whole number, not ${JSON.stringify(stdout.slice(0, 40))}`;
    onEnded(whole === undefined ? problem : null, Number(whole));
  });
  running.add(child);
}

/** Ends what still runs when the load is over. */
export function endShells(): void {
  for (const child of running) child.kill("SIGKILL");
}
