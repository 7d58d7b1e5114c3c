import type { SearchAnalysis } from "../stages/search/model.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Objectives } from "../record/format.ts";
import type { Judged } from "./objectives.ts";

/** A wanted throughput against what a search found to hold. */
export function judgeCapacity(search: SearchAnalysis, wantedTps: number): Judged {
  const { capacity, sloMax, sustainable, because } = search;
  const failedTps = Math.min(sloMax.failedTps ?? Infinity, sustainable.failedTps ?? Infinity);
  const found =
    capacity === null ? null : `${formatNumber(capacity.tps)} tps (${search.title}, search)`;
  const unsure = whyUnsure(search);
  if (unsure !== null) return { found, verdict: "unknown", because: unsure };
  if (capacity !== null && capacity.tps >= wantedTps) return { found, verdict: "pass", because };
  return { found, verdict: failedTps <= wantedTps ? "fail" : "unknown", because };
}

/** A latency objective, where the search looked for the rate that keeps it. */
export function judgeSearchedLatency(
  search: SearchAnalysis,
  quantile: "p50Ms" | "p95Ms" | "p99Ms",
  wantedMs: number,
  { throughputTps }: Objectives,
): Judged {
  const untilMs = search.until[quantile];
  if (untilMs === null || untilMs > wantedMs) {
    const because = `The search of ${search.title} asks for another latency.`;
    return { found: null, verdict: "unknown", because };
  }
  const { capacity } = search;
  const unsure = whyUnsure(search);
  if (unsure !== null || capacity === null) {
    return { found: null, verdict: "unknown", because: unsure ?? search.because };
  }
  const found = `at most ${formatDurationMs(untilMs)} up to ${formatNumber(capacity.tps)} tps`;
  if (throughputTps === null || capacity.tps >= throughputTps) {
    return { found, verdict: "pass", because: search.because };
  }
  return { found, verdict: "fail", because: search.because };
}

function whyUnsure({ capacity, because }: SearchAnalysis): string | null {
  if (capacity === null) return because;
  if (capacity.validity === "invalid")
    return "The search rests on windows that cannot be believed.";
  if (!capacity.isConfirmed) return "The search ended before its result was confirmed.";
  if (capacity.holdsBelow === false) return "The rate did not hold at four fifths of it either.";
  return null;
}
