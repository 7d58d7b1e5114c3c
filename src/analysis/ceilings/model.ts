import type { PlannedCeiling } from "../../record/planned-trial.ts";

/** What one station could do on its own. */
export interface Ceiling {
  readonly of: Extract<PlannedCeiling["of"], "archive" | "network" | "replay">;
  /** `archive`, or the standby's name. */
  readonly on: string;
  readonly by: PlannedCeiling["by"];
  readonly trial: string;
  /** `null` where it was not found; `because` says why. */
  readonly bytesPerS: number | null;
  readonly segmentsPerS: number | null;
  /** In transactions of the load whose WAL it was; `null` for WAL of exact size. */
  readonly tps: number | null;
  /** True where it was never busy for long enough: it can do at least this. */
  readonly isLowerBound: boolean;
  /** WAL that went through while it was timed, and how long that took. */
  readonly bytes: number;
  readonly tookMs: number;
  readonly because: string;
  /** A fault that held meanwhile on this station: `limit-cpu`. */
  readonly under: string | null;
}
