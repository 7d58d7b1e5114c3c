/**
 * The four answers that a reader wants before all else, in this order, the same in every format: can I
 * believe it, what is the answer, what held it back, what next.
 */
export interface Summary {
  readonly trust: Trust;
  readonly answer: {
    /** The verdict in a sentence, shorter than `verdictBecause` where goals are told beside it. */
    readonly sentence: string;
    readonly goals: readonly SummaryGoal[];
    /** The figure of the run first, then those of other loads; empty where nothing was measured. */
    readonly figures: readonly LeadFigure[];
  };
  readonly heldBack: {
    readonly because: string;
    /** The finding it rests on; `null` where none does. */
    readonly finding: string | null;
  };
  /** What to do first; `null` where this run cannot tell. */
  readonly next: string | null;
}

/** `reserved`: all of it counts, some with a reservation. `partly`: some of it does not count, or is missing. */
export interface Trust {
  readonly is: "yes" | "reserved" | "partly" | "no";
  readonly because: string;
}

export interface SummaryGoal {
  readonly goal: string;
  readonly wanted: string;
  readonly found: string | null;
  readonly verdict: "pass" | "fail" | "unknown";
}

/** A figure with its unit, what it is of, and how sure it is. */
export interface LeadFigure {
  readonly of: string;
  readonly value: string;
  readonly unit: string;
  /** `95 % interval 38,000 to 45,000, from 3 repetitions`; `null` where there is nothing to say. */
  readonly range: string | null;
  /** What belongs to it, in a few words: `p99 0.28 ms`. */
  readonly more: readonly string[];
}
