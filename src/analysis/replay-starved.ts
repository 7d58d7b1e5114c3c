import { throttledShareOf } from "./throttling.ts";
import type { Evidence } from "./evidence.ts";

/**
 * How far a standby's replaying process is kept from a CPU, 0 to 1: the share of the scheduler's periods
 * in which its control group was stopped at its quota, or the share of the time in which it was ready to
 * run and had no CPU, whichever is more. `null` where neither was read.
 *
 * Its wait events do not show it: a process that is stopped while it rests goes on being seen to rest.
 */
export function replayStarvedShare(evidence: Evidence, on: string): number | null {
  const throttled =
    throttledShareOf(evidence, "postgres/startup", on) ??
    throttledShareOf(evidence, "postgres", on);
  const waited = waitedShare(evidence, on);
  if (throttled === null && waited === null) return null;
  return Math.max(throttled ?? 0, waited ?? 0);
}

/** Time ready and without a CPU, of the time from its first reading to its last. */
function waitedShare(evidence: Evidence, on: string): number | null {
  const series = evidence.keyed("postgres-processes", "cpuWaitMs", on)?.get("startup");
  const first = series?.v.findIndex((value) => value !== null) ?? -1;
  const last = series?.v.findLastIndex((value) => value !== null) ?? -1;
  if (series === undefined || first < 0 || last <= first) return null;
  const spanMs = series.t[last]! - series.t[first]!;
  return Math.min(1, Math.max(0, series.v[last]! - series.v[first]!) / spanMs);
}
