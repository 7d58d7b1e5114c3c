import { countBetween } from "./acknowledged-line.ts";
import type { FullRecovery } from "./model.ts";
import { FAILOVER } from "../thresholds.ts";

/** How finely the moment is looked for. */
const STEP_MS = 50;

/** When throughput was back for good, from the fault on; `null` where it never was below. */
export function findFullRecovery(
  atMs: Float64Array,
  about: {
    readonly faultMs: number;
    /** End of the gap: nothing can be back before. */
    readonly fromMs: number;
    readonly endMs: number;
    readonly beforeTps: number;
  },
): FullRecovery {
  const { faultMs, fromMs, endMs, beforeTps } = about;
  const wantedPerMs = (FAILOVER.recoveredShare * beforeTps) / 1000;
  for (let t = fromMs; t + FAILOVER.lastingMsMin <= endMs; t += STEP_MS) {
    const observedMs = Math.min(FAILOVER.lastingMs, endMs - t);
    if (countBetween(atMs, t, t + observedMs) >= wantedPerMs * observedMs) {
      return { ms: Math.max(0, t - faultMs), observedMs };
    }
  }
  return { ms: null, observedMs: Math.max(0, endMs - fromMs) };
}
