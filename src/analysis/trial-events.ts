import type { RunEvent, TrialOutcome } from "../record/events.ts";
import type { Window } from "./evidence-of-window.ts";

/** What the events tell of a trial. A resumed run does an interrupted trial again: the last counts. */
export interface TrialEvents {
  /** From its start to its end, or to the last event where it did not end; `null`: never started. */
  readonly span: Window | null;
  readonly window: Window | null;
  readonly outcome: TrialOutcome | null;
  readonly failedBecause: string | null;
  /** Offered rate, where the plan left it to a calibration; `null` elsewhere. */
  readonly rateTps: number | null;
}

const NOT_STARTED: TrialEvents = {
  span: null,
  window: null,
  outcome: null,
  failedBecause: null,
  rateTps: null,
};

export function trialEvents(events: readonly RunEvent[], trial: string): TrialEvents {
  let found = NOT_STARTED;
  const lastMs = events.at(-1)?.atMs ?? 0;
  for (const event of events) {
    if (!("trial" in event) || event.trial !== trial) continue;
    if (event.kind === "trial-started") {
      const span = { startMs: event.atMs, endMs: Math.max(event.atMs, lastMs) };
      found = { ...NOT_STARTED, span, rateTps: event.rateTps ?? null };
    } else if (event.kind === "window") {
      found = { ...found, window: { startMs: event.startMs, endMs: event.endMs } };
    } else if (event.kind === "trial-ended" || event.kind === "trial-failed") {
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
