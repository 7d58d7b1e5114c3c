import { firstFrom, type AcknowledgedLine } from "../../../analysis/failover/acknowledged-line.ts";
import { longestBetween } from "../../../analysis/failover/write-gap.ts";
import { FAILOVER } from "../../../analysis/thresholds.ts";

/**
 * All time after the fault in which no write of any client was acknowledged: the sum of the stretches
 * that no undisturbed load would show. Writes may be blocked again and again, so that it can be more
 * than the longest stretch alone.
 */
export function blockedMs(
  line: AcknowledgedLine,
  { steadyFromMs, faultMs }: { readonly steadyFromMs: number; readonly faultMs: number },
): number {
  const { atMs, grainMs } = line;
  const undisturbed = longestBetween(atMs, steadyFromMs, faultMs) ?? 0;
  const least = Math.max(
    FAILOVER.blockedMsMin,
    grainMs,
    FAILOVER.blockedTimesUndisturbed * undisturbed,
  );
  const first = firstFrom(atMs, faultMs);
  if (first === 0) return 0;
  let sum = 0;
  for (let i = first; i <= atMs.length; i += 1) {
    const ms = (i === atMs.length ? Math.max(line.endMs, atMs[i - 1]!) : atMs[i]!) - atMs[i - 1]!;
    if (ms >= least) sum += ms;
  }
  return sum;
}
