import type { RunRecord } from "../record/run-record.ts";
import type { Window } from "./evidence-of-window.ts";

/** From the first sample of any probe to the last; `null` where that is no time. */
export function sampledSpan({ probes }: RunRecord): Window | null {
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const { on } of probes.values()) {
    for (const { t } of on.values()) {
      startMs = Math.min(startMs, t[0] ?? Infinity);
      endMs = Math.max(endMs, t.at(-1) ?? -Infinity);
    }
  }
  return endMs > startMs ? { startMs, endMs } : null;
}
