import type { Processes } from "../../lib/processes.ts";

/** `missing`: something that the named things need is not there. `mind`: it works, but know this. */
export type CheckStatus = "ok" | "missing" | "mind";

/** One thing that was looked at. */
export interface CheckResult {
  readonly title: string;
  readonly status: CheckStatus;
  /** What was found, or what is lacking and what for. */
  readonly found: string;
  /** How to get it; `null` where there is nothing to do. */
  readonly remedy: string | null;
  /** True where nothing at all works without it. */
  readonly required: boolean;
}

export interface CheckContext {
  readonly processes: Processes;
}

/** A group of checks; runs beside the others and never throws. */
export type Check = (context: CheckContext) => Promise<readonly CheckResult[]>;
