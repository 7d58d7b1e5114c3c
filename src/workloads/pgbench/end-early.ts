import type { Clock } from "../../lib/clock.ts";
import type { RunningProcess } from "../../lib/processes.ts";

/** How long pgbench may take to finish what its clients have under way. */
const FINISH_MS = 3000;
const TERM_MS = 2000;

export interface EarlyEnd {
  /** Whether the load was ended before its time. */
  wasEnded(): boolean;
  /** Makes sure that pgbench is gone. */
  stop(): Promise<void>;
}

/**
 * Ends pgbench when `signal` says so.
 *
 * SIGALRM is what its own `--time` uses: the clients finish their transactions, the log is written
 * out and the summary printed. SIGTERM and SIGKILL would lose the last 4 kB of each thread's log,
 * and come only where it does not follow.
 */
export function endEarly(program: RunningProcess, signal: AbortSignal, clock: Clock): EarlyEnd {
  const gone = new AbortController();
  const exited = program.exit.then(
    () => gone.abort(),
    () => gone.abort(),
  );
  let wasEnded = false;

  async function end(signals: readonly (readonly [NodeJS.Signals, number])[]): Promise<void> {
    for (const [name, waitMs] of signals) {
      if (gone.signal.aborted) return;
      program.kill(name);
      await clock.sleep(waitMs, gone.signal).catch(() => undefined); // It has gone.
    }
  }

  let ending: Promise<void> | null = null;
  const onAbort = () => {
    wasEnded = true;
    ending ??= end([
      ["SIGALRM", FINISH_MS],
      ["SIGTERM", TERM_MS],
      ["SIGKILL", 0],
    ]);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });

  return {
    wasEnded: () => wasEnded,
    async stop() {
      signal.removeEventListener("abort", onAbort);
      await (ending ?? end([["SIGKILL", 0]]));
      await exited;
    },
  };
}
