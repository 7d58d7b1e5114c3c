import { build } from "hdr-histogram-js";
import type { Histogram } from "hdr-histogram-js";
import type { Random } from "../../lib/random.ts";

/** The server that is computed: how its throughput scales, and how it wavers. */
export interface SimulatedServer {
  /** Transactions per second of one client. */
  readonly lambdaTps: number;
  /** Contention and coherency of the Universal Scalability Law. */
  readonly alpha: number;
  readonly beta: number;
  /** Coefficient of variation from one second to the next. */
  readonly noise: number;
}

/** One second as the simulated clients see it. */
export interface SimulatedSecond {
  readonly transactions: number;
  readonly skipped: number;
  /** Microseconds. */
  readonly latency: Histogram;
  /** Schedule to send, in an open loop. */
  readonly lag: Histogram | null;
}

/** Latencies of a second are drawn at this many evenly spaced quantiles. */
const QUANTILES = 40;
/** Spread of the lognormal latencies: p99 is about three times the median, as on a quiet server. */
const LATENCY_SIGMA = 0.5;

/**
 * Throughput at so many clients.
 *
 * @see https://www.perfdynamics.com/Manifesto/USLscalability.html
 */
export function throughputTps(server: SimulatedServer, clients: number): number {
  const { lambdaTps, alpha, beta } = server;
  return (lambdaTps * clients) / (1 + alpha * (clients - 1) + beta * clients * (clients - 1));
}

/** Closed loop: everybody waits for the answer, so latency follows from Little's law. */
export function closedSecond(
  server: SimulatedServer,
  clients: number,
  random: Random,
): SimulatedSecond {
  const rateTps = throughputTps(server, clients) * wobble(server, random);
  const transactions = Math.max(0, Math.round(rateTps));
  const meanUs = (clients / Math.max(rateTps, 1)) * 1e6;
  return { transactions, skipped: 0, latency: latencies(transactions, meanUs, random), lag: null };
}

/**
 * Open loop: arrivals do not wait. What exceeds the capacity queues, and `queue` carries it over.
 */
export function openSecond(
  server: SimulatedServer,
  load: { readonly clients: number; readonly rateTps: number; readonly queued: number },
  random: Random,
): SimulatedSecond & { readonly queued: number } {
  const capacityTps = throughputTps(server, load.clients) * wobble(server, random);
  const waiting = load.queued + load.rateTps * (1 + (random.next() - 0.5) * 0.05);
  const transactions = Math.round(Math.min(waiting, capacityTps));
  const queued = Math.max(0, waiting - transactions);
  const use = Math.min(load.rateTps / capacityTps, 0.98);
  const serviceUs = 1e6 / server.lambdaTps;
  const lagUs = (serviceUs * use) / (1 - use) + (queued / Math.max(capacityTps, 1)) * 1e6;
  return {
    transactions,
    skipped: 0,
    queued,
    latency: latencies(transactions, serviceUs + lagUs, random),
    lag: latencies(transactions, Math.max(lagUs, 1), random),
  };
}

function wobble({ noise }: SimulatedServer, random: Random): number {
  return Math.max(0.05, 1 + noise * normal(random));
}

function latencies(count: number, meanUs: number, random: Random): Histogram {
  const histogram = build({ numberOfSignificantValueDigits: 3 });
  const medianUs = meanUs / Math.exp(LATENCY_SIGMA ** 2 / 2);
  for (let i = 0; i < QUANTILES; i += 1) {
    const share = Math.floor(((i + 1) * count) / QUANTILES) - Math.floor((i * count) / QUANTILES);
    const valueUs = Math.round(medianUs * Math.exp(LATENCY_SIGMA * normal(random)));
    if (share > 0) histogram.recordValueWithCount(Math.max(1, valueUs), share);
  }
  return histogram;
}

/** Box and Muller's normal deviate. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
