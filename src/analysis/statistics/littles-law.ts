import { type Unknown, unknownBecause } from "./readings.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** What a closed loop reported about itself; `null` where it did not. */
export interface ClosedLoop {
  readonly clients: number | null;
  readonly throughputTps: number | null;
  readonly latencyMsMean: number | null;
  /** Mean pause of a client between two transactions; 0 where there is none. */
  readonly thinkTimeMs?: number;
}

/** Whether a closed loop's figures can be true together. */
export interface LittlesLaw {
  readonly is: "pass" | "fail";
  /** Clients that throughput times (latency + think time) accounts for. */
  readonly clientsFound: number;
  /** (found − configured) / configured; negative where time is unaccounted for. */
  readonly errorShare: number;
  readonly because: string;
}

/**
 * Little's law: in a closed loop the clients equal throughput times time per turn. A difference
 * means that the generator, its clock or its counting is wrong, or that clients sat idle.
 *
 * @see https://doi.org/10.1287/opre.9.3.383
 */
export function auditLittlesLaw(loop: ClosedLoop): LittlesLaw | Unknown {
  const { clients, throughputTps, latencyMsMean, thinkTimeMs = 0 } = loop;
  if (!isPositive(clients)) return unknownBecause("The number of clients is not known.");
  if (!isPositive(throughputTps)) return unknownBecause("Nothing was completed.");
  if (!isPositive(latencyMsMean)) return unknownBecause("The mean latency is not known.");
  const clientsFound = (throughputTps * (latencyMsMean + thinkTimeMs)) / 1000;
  const errorShare = (clientsFound - clients) / clients;
  const isOff = Math.abs(errorShare) > THRESHOLDS.littlesLawErrorShareMax;
  const because =
    `Throughput times latency accounts for ${clientsFound.toFixed(2)} of ${clients} clients ` +
    `(${(errorShare * 100).toFixed(1)} %).`;
  return { is: isOff ? "fail" : "pass", clientsFound, errorShare, because };
}

function isPositive(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value > 0;
}
