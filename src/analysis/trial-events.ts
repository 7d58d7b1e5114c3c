import type { RunEvent, TrialOutcome } from "../record/format.ts";
import type { Window } from "./evidence-of-window.ts";

/** What the events tell of a trial. A resumed run does an interrupted trial again: the last counts. */
export interface TrialEvents {
  /** From its start to its end, or to the last event where it did not end; `null`: never started. */
  readonly span: Window | null;
  readonly window: Window | null;
  readonly outcome: TrialOutcome | null;
  readonly failedBecause: string | null;
}

export function trialEvents(events: readonly RunEvent[], trial: string): TrialEvents {
  let found: TrialEvents = { span: null, window: null, outcome: null, failedBecause: null };
  const lastMs = events.at(-1)?.atMs ?? 0;
  for (const event of events) {
    if (!("trial" in event) || event.trial !== trial) continue;
    if (event.kind === "trial-started") {
      const span = { startMs: event.atMs, endMs: Math.max(event.atMs, lastMs) };
      found = { span, window: null, outcome: null, failedBecause: null };
    } else if (event.kind === "window") {
      found = { ...found, window: { startMs: event.startMs, endMs: event.endMs } };
    } else {
      const startMs = found.span?.startMs ?? event.atMs;
      const ended = { ...found, span: { startMs, endMs: event.atMs } };
      found =
        event.kind === "trial-ended"
          ? { ...ended, outcome: event.outcome }
          : { ...ended, failedBecause: event.because };
    }
  }
  return found;
}
