import type { RunEvent } from "./events.ts";

/** Ids of trials that need not be done again. One that ended and failed all the same, since nothing succeeded, is. */
export function finishedTrials(events: readonly RunEvent[]): Set<string> {
  const finished = new Set<string>();
  for (const event of events) {
    if (event.kind === "trial-ended") finished.add(event.trial);
    if (event.kind === "trial-failed") finished.delete(event.trial);
  }
  return finished;
}
