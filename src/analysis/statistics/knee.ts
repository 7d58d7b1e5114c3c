import { type MeanInterval, meanInterval } from "./confidence-interval.ts";
import { meanOf } from "./moments.ts";
import { finiteOf, type Readings, type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** One step of a ladder: the throughput of every repetition with this many clients. */
export interface Rung {
  readonly clients: number;
  readonly throughputTps: Readings;
}

/** The fewest clients that get practically all of the throughput there is. */
export interface Knee {
  readonly is: "knee";
  readonly clients: number;
  readonly throughputTps: number;
  /** `null` where the rung was not repeated. */
  readonly interval: MeanInterval | null;
  /** The best rung, of which this one is within a twentieth. */
  readonly peakClients: number;
  readonly peakTps: number;
  readonly because: string;
}

/** A rung with the figures that a fit needs. Rungs of the same number of clients are one. */
export interface RungMean {
  readonly clients: number;
  readonly meanTps: number;
  readonly values: readonly number[];
}

/** Rungs with at least one reading, by clients, ascending. */
export function rungMeans(rungs: readonly Rung[]): RungMean[] {
  const byClients = new Map<number, number[]>();
  for (const { clients, throughputTps } of rungs) {
    if (!(Number.isFinite(clients) && clients > 0)) continue;
    byClients.set(clients, [...(byClients.get(clients) ?? []), ...finiteOf(throughputTps)]);
  }
  return [...byClients]
    .filter(([, values]) => values.length > 0)
    .map(([clients, values]) => ({ clients, meanTps: meanOf(values)!, values }))
    .sort((a, b) => a.clients - b.clients);
}

/**
 * The smallest number of clients whose throughput is within 5 % of the best rung's, with intervals
 * that overlap where both were repeated. Unknown while throughput still grows at the last rung.
 */
export function findKnee(rungs: readonly Rung[]): Knee | Unknown {
  const means = rungMeans(rungs);
  const wanted = THRESHOLDS.kneeRungsMin;
  if (means.length < wanted) {
    return unknownBecause(`A knee needs ${wanted} rungs, and ${means.length} were measured.`);
  }
  const peak = means.reduce((best, rung) => (rung.meanTps > best.meanTps ? rung : best));
  if (peak.meanTps <= 0) return unknownBecause("No rung had any throughput.");
  const knee = means.find((rung) => isAsGood(rung, peak))!;
  const last = means.at(-1)!;
  if (knee === last) {
    return unknownBecause(`Throughput still grows at ${last.clients} clients, the last rung.`);
  }
  const share = ((1 - knee.meanTps / peak.meanTps) * 100).toFixed(1);
  return {
    is: "knee",
    clients: knee.clients,
    throughputTps: knee.meanTps,
    interval: meanInterval(knee.values),
    peakClients: peak.clients,
    peakTps: peak.meanTps,
    because:
      knee === peak
        ? `${knee.clients} clients gave the most, and no smaller rung came within 5 % of it.`
        : `${knee.clients} clients are ${share} % below the best rung (${peak.clients} clients).`,
  };
}

function isAsGood(rung: RungMean, peak: RungMean): boolean {
  if (rung.meanTps < (1 - THRESHOLDS.kneeShare) * peak.meanTps) return false;
  const [own, best] = [meanInterval(rung.values), meanInterval(peak.values)];
  return own === null || best === null || own.high >= best.low;
}
