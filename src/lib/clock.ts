/**
 * Time as the parts see it. The simulation hands over a virtual one, so that a whole run can be
 * replayed from a seed.
 */
export interface Clock {
  /** Monotonic milliseconds since the clock was made; fractions are kept. */
  now(): number;
  /** UTC milliseconds of monotonic instant 0, to place a record in the calendar. */
  readonly epochMs: number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
