/** One question and its answer: our clock before and after, the other's clock in between. */
export interface RoundTrip {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly otherMs: number;
}

/** How far the other clock is ahead of ours, and by how much that may be wrong. */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/**
 * From the quickest round trip: the answer was given somewhere within it, so half of it is the error.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5905#section-10 (the clock filter of NTP)
 */
export function offsetOf(trips: readonly RoundTrip[]): ClockOffset {
  const [first, ...others] = trips;
  if (first === undefined) throw new Error("A clock offset needs at least one round trip.");
  const lengthOf = ({ askedMs, answeredMs }: RoundTrip) => answeredMs - askedMs;
  const best = others.reduce((a, b) => (lengthOf(b) < lengthOf(a) ? b : a), first);
  return {
    offsetMs: best.otherMs - (best.askedMs + best.answeredMs) / 2,
    errorMs: lengthOf(best) / 2,
  };
}
