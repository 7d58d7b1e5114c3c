import { spawn } from "node:child_process";

/**
 * A second process that does nothing but wait for the end of this one. Should this one be killed
 * with a run up, the other takes the run down from its journal at once; nobody has to remember
 * `pgdyno gc`.
 */
export interface Reaper {
  /** Everything is down, or shall stay as it is: the other process ends without doing anything. */
  dismiss(): void;
}

/** The word on its standard input that sends the reaper home. */
export const REAPER_DISMISSED = "dismissed\n";

/** @param command how this program is started: its path and arguments up to the subcommand. */
export function startReaper(journalPath: string, command: readonly string[]): Reaper {
  const [file, ...args] = command as [string, ...string[]];
  const child = spawn(file, [...args, "gc", "--after", journalPath], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.on("error", () => undefined); // Without it, `gc` still does the same by hand.
  child.stdin.on("error", () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return {
    dismiss: () => {
      child.stdin.end(REAPER_DISMISSED);
    },
  };
}
