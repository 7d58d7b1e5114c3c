import type { PlannedTrial } from "../record/planned-trial.ts";
import type { LoadInterval } from "../record/load-interval.ts";

/** What a run tells whoever watches it. The engine never writes to the terminal itself. */
export interface Progress {
  /** Something is being set up, or has been taken down. */
  step(title: string, phase: "up" | "down"): void;
  /** A part speaks: `fills pgbench_accounts, 40 %`. */
  say(text: string): void;
  /** `number` of `total`, from 1; `leftMs` is the time that the rest of the plan takes, this one included. */
  trial(trial: PlannedTrial, number: number, total: number, leftMs: number): void;
  interval(trial: PlannedTrial, interval: LoadInterval): void;
  /** The load met an error of a kind that was not there before. It must not be lost among other lines. */
  error(text: string): void;
  /** A whole sentence that a reader must know, and that must not be lost either. */
  warn(text: string): void;
}
