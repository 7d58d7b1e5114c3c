import { UNIT_WORDS } from "../../record/load-kind.ts";
import type { Analysis } from "../../analysis/model.ts";
import type { SearchAnalysis } from "./model.ts";
import { NO_LATENCY } from "../../analysis/no-latency.ts";
import { formatNumber } from "../../lib/units.ts";
import type { Headline } from "../../report/model.ts";

/** The capacity as a headline; `null` where there is none that may be believed. */
export function searchHeadline(search: SearchAnalysis, { trials }: Analysis): Headline | null {
  const { capacity, peak } = search;
  if (capacity === null || capacity.validity === "invalid") return null;
  const rests = trials.filter(
    ({ planned }) => planned.curve === search.curve && planned.rateTps === capacity.tps,
  );
  const shown = rests.findLast(({ planned }) => planned.role === "confirm") ?? rests.at(-1);
  const latency = shown?.latency ?? NO_LATENCY;
  const failedTps = search.sloMax.failedTps ?? search.sustainable.failedTps;
  return {
    sentence: capacity.sentence,
    curve: search.curve,
    unit: search.unit,
    throughputTps: {
      value: capacity.tps,
      low: failedTps === null ? null : capacity.tps,
      high: failedTps,
      n: rests.length,
      method: "largest rate that held, smallest that did not",
    },
    clients: shown?.planned.clients ?? peak?.clients ?? 0,
    rateTps: capacity.tps,
    sustainable: capacity.isConfirmed,
    p50Ms: latency.p50Ms,
    p95Ms: latency.p95Ms,
    p99Ms: latency.p99Ms,
    knee:
      peak === null
        ? "The closed loop gave no figures."
        : `The closed loop peaks at ${formatNumber(peak.tps)} ${UNIT_WORDS[search.unit].perSecond} with ${peak.clients} clients.`,
    heldBack: search.because,
    heldBackFinding: null,
  };
}
