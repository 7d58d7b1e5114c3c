/**
 * Sends a signal to a process, or with `-pid` to a whole group. One that is gone already is fine.
 *
 * @throws where it may not be signalled.
 */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
