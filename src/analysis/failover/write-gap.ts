import { firstFrom } from "./acknowledged-line.ts";
import type { WriteGap } from "./model.ts";

/**
 * The longest stretch without an acknowledged write that ends after the fault: from the last
 * acknowledgement before to the first one after. A killed server's children may still acknowledge
 * for some milliseconds, so that the stretch may begin after the fault.
 *
 * `null` where nothing was acknowledged before the fault.
 */
export function longestGap(atMs: Float64Array, faultMs: number, endMs: number): WriteGap | null {
  const first = firstFrom(atMs, faultMs);
  if (first === 0) return null;
  let longest: WriteGap | null = null;
  for (let i = first; i <= atMs.length; i += 1) {
    const startMs = atMs[i - 1]!;
    const isOpen = i === atMs.length;
    const ms = (isOpen ? Math.max(endMs, startMs) : atMs[i]!) - startMs;
    if (longest === null || ms > longest.ms)
      longest = { startMs, endMs: isOpen ? null : atMs[i]!, ms };
  }
  return longest;
}

/** The longest stretch of the undisturbed load: no RTO can be told more finely. */
export function longestBetween(atMs: Float64Array, fromMs: number, toMs: number): number | null {
  const last = firstFrom(atMs, toMs);
  let longest: number | null = null;
  for (let i = firstFrom(atMs, fromMs) + 1; i < last; i += 1) {
    longest = Math.max(longest ?? 0, atMs[i]! - atMs[i - 1]!);
  }
  return longest;
}
