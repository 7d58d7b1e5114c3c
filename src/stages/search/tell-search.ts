import { UNIT_WORDS } from "../../record/load-kind.ts";
import type { ProbeVerdict } from "./analysis/judge-probe.ts";
import type { RateBound, SearchAnalysis } from "./model.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";

/** One of the three numbers for people. */
export interface ToldNumber {
  readonly name: string;
  readonly value: string;
  readonly because: string;
  /** The smallest of the three. */
  readonly isCapacity: boolean;
}

/** Peak, largest rate within the objective, largest rate at which nothing queues. */
export function tellNumbers(search: SearchAnalysis): ToldNumber[] {
  const { peak, sloMax, sustainable, capacity } = search;
  const rate = UNIT_WORDS[search.unit].perSecond;
  return [
    {
      name: "peak",
      value: peak === null ? "–" : `${formatNumber(peak.tps)} ${rate}`,
      because:
        peak === null
          ? "The closed loop gave no figures."
          : `closed loop, ${peak.clients} ${peak.clients === 1 ? "client" : "clients"}; latency not looked at`,
      isCapacity: capacity?.number === "peak",
    },
    {
      name: `SLO-max (${goalsOf(search)})`,
      value: boundText(sloMax, rate),
      because: sloMax.because,
      isCapacity: capacity?.number === "slo-max",
    },
    {
      name: "sustainable (archive, replay, slots, dead rows)",
      value: boundText(sustainable, rate),
      because: sustainable.because,
      isCapacity: capacity?.number === "sustainable",
    },
  ];
}

/** How far the capacity may be trusted, in one sentence. */
export function tellTrust({ capacity, quick, trials, loadMs }: SearchAnalysis): string {
  const cost = `${trials} trials, ${formatDurationMs(loadMs)} of load`;
  if (capacity === null) return `${cost}.`;
  const parts = [
    capacity.isConfirmed ? "held again over a long window" : "not confirmed by a long window",
    ...(capacity.holdsBelow === false
      ? ["did not hold at 80 % of it either: do not rely on it"]
      : []),
    ...(capacity.holdsBelow === true ? ["held at 80 % of it too"] : []),
    ...(capacity.validity === "invalid" ? ["rests on spoiled windows: no figure to rely on"] : []),
    ...(quick ? ["quick: windows do not hold whole checkpoint cycles"] : []),
  ];
  return `${parts.join("; ")}; ${cost}.`.replace(/^./, (c) => c.toUpperCase());
}

/** `1,000 tps (1,040 did not)`. */
function boundText({ tps, failedTps }: RateBound, rate: string): string {
  if (tps === null) return failedTps === null ? "–" : `below ${formatNumber(failedTps)} ${rate}`;
  return failedTps === null
    ? `at least ${formatNumber(tps)} ${rate}`
    : `${formatNumber(tps)} ${rate} (${formatNumber(failedTps)} did not hold)`;
}

function goalsOf({ until }: SearchAnalysis): string {
  return Object.entries(until)
    .flatMap(([name, ms]) =>
      ms === null ? [] : [`${name.slice(0, -2)} ≤ ${formatDurationMs(ms)}`],
    )
    .join(", ");
}

/** A row per window, in the order in which they ran. */
export function probeColumns({ unit }: Pick<SearchAnalysis, "unit">): string[] {
  const rate = UNIT_WORDS[unit].perSecond;
  return [`offered, ${rate}`, "window", `done, ${rate}`, "verdict", "because"];
}

export function probeRow(probe: ProbeVerdict): string[] {
  const { rateTps, role, windowMs, achievedTps, is, because } = probe;
  const what = { probe: "", confirm: ", confirms", margin: ", below" }[role];
  return [
    formatNumber(rateTps),
    `${formatDurationMs(windowMs)}${what}`,
    achievedTps === null ? "–" : formatNumber(achievedTps),
    { pass: "held", fail: "did not hold", unknown: "undecided" }[is],
    because,
  ];
}
