import { readFileSync } from "node:fs";

/**
 * CPU time of the calling thread so far, in ms; `null` where the platform does not tell it.
 *
 * Source: first field of `schedstat`, https://docs.kernel.org/scheduler/sched-stats.html.
 */
export function readThreadCpuMsOrNull(): number | null {
  try {
    return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1e6;
  } catch {
    // Not Linux, or a kernel without it: the figure is not known, which is an answer.
    return null;
  }
}
