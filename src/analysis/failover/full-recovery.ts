import { countBetween } from "./acknowledged-line.ts";
import type { FullRecovery } from "./model.ts";

/** Throughput is back at this share of what it was before. */
export const RECOVERED_SHARE = 0.9;
/** …for this long, or for what is left of the load, at least a second. */
const LASTING_MS = 10_000;
const LASTING_MS_MIN = 1000;
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
  const wantedPerMs = (RECOVERED_SHARE * beforeTps) / 1000;
  for (let t = fromMs; t + LASTING_MS_MIN <= endMs; t += STEP_MS) {
    const observedMs = Math.min(LASTING_MS, endMs - t);
    if (countBetween(atMs, t, t + observedMs) >= wantedPerMs * observedMs) {
      return { ms: Math.max(0, t - faultMs), observedMs };
    }
  }
  return { ms: null, observedMs: Math.max(0, endMs - fromMs) };
}
