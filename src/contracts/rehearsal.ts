import type { ErrorSeen } from "../record/events.ts";
import type { PartContext } from "./context.ts";
import type { TargetHandle } from "./target-handle.ts";

/** What a workload is handed to run each of its scripts once, before any load. */
export interface RehearseContext<Options> extends PartContext {
  readonly target: TargetHandle;
  readonly options: Options;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** An error of a script that ran once. */
export interface RehearsalError extends ErrorSeen {
  /** It would meet every transaction: a load of this script would measure nothing. */
  readonly isCertain: boolean;
}

/** What running each script once showed. */
export interface Rehearsal {
  readonly errors: readonly RehearsalError[];
  /** What could not be rolled back, or not be tried to the end: whole sentences. */
  readonly notes: readonly string[];
}

/** A workload whose scripts are not the user's has nothing to show. */
export const NOTHING_REHEARSED: Rehearsal = { errors: [], notes: [] };
