import type { Cluster } from "../contracts/cluster.ts";
import type { Journal } from "../contracts/context.ts";
import type { TargetHandle } from "../contracts/target.ts";
import { leadStream, untilStraight, type WalWay } from "../contracts/wal-streams.ts";
import type { Clock } from "../lib/clock.ts";
import { withConnection } from "../lib/pg-connection.ts";
import type { Random } from "../lib/random.ts";
import { OPEN_WAY, type LinkShape } from "../lib/tcp-proxy/link-shape.ts";
import { startProxy, type TcpProxy } from "../lib/tcp-proxy/start-proxy.ts";

/** How far the members of a cluster are from one another. */
export interface NetworkDistance {
  /**
   * Puts so much round trip between any two members, for the streams that there are and for those
   * that a failover will open; 0 leads them straight again and takes the proxies away.
   *
   * @throws where a stream does not come back; the signal's reason.
   */
  set(roundTripMs: number, signal: AbortSignal): Promise<void>;
  /** Median round trip of an empty query to the primary the way WAL takes; `null` where none came back. */
  measure(signal: AbortSignal): Promise<number | null>;
  /** Takes the proxies away without looking whether streams come back. Safe to call twice. */
  close(): Promise<void>;
}

interface DistanceScene {
  readonly target: TargetHandle;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
}

const PINGS = 9;
const PING_MS = 5000;

/**
 * One proxy stands before each member, and every other member's stream goes through it.
 *
 * The proxies are threads of this process, and each way through one has its entry in the journal: when
 * this process is gone, others write the members' own addresses into the settings again.
 */
export function networkDistance({
  target,
  cluster,
  clock,
  random,
  journal,
}: DistanceScene): NetworkDistance {
  const strikes: (() => Promise<void>)[] = [];
  const proxies = new Map<string, TcpProxy>();
  const names = () => cluster.members().map(({ name }) => name);
  const ways = (): WalWay[] =>
    names().flatMap((to) =>
      names()
        .filter((from) => from !== to)
        .map((from) => ({ from, to })),
    );
  /** Streams that there are now go that way first; the others only if their primary ever is one. */
  const isStream = ({ from, to }: WalWay) =>
    cluster.primary() === to &&
    cluster.members().some(({ name, role }) => name === from && role === "standby");

  const lead = async (shape: LinkShape, signal: AbortSignal) => {
    for (const to of names()) {
      const seed = random.integer(1, 2 ** 31);
      proxies.set(to, await startProxy({ to: cluster.addressOf(to), shape, seed }));
    }
    const scene = { target, cluster, clock, signal };
    for (const way of ways()) {
      const { entry } = cluster.undoingOfRoute(way, proxies.get(way.to)!.address);
      strikes.push(await journal.enter(entry));
    }
    await Promise.all(
      ways().map((way) => {
        const { address } = proxies.get(way.to)!;
        return isStream(way) ? leadStream(scene, way, address) : cluster.route(way, address);
      }),
    );
  };
  const routesTo = (to: string) =>
    ways()
      .filter((way) => way.to === to)
      .map((way) => cluster.route(way, null));
  const takeAway = async () => {
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    proxies.clear();
    for (const strike of strikes.splice(0)) await strike();
  };
  const straighten = async () => {
    if (proxies.size === 0) return;
    const all = ways();
    await Promise.all([...proxies.keys()].flatMap((to) => routesTo(to)));
    await Promise.all([...proxies.values()].map((proxy) => proxy.reset()));
    await Promise.all(all.map((way) => untilStraight({ target, cluster, clock }, way)));
    await takeAway();
  };
  return {
    async set(roundTripMs, signal) {
      if (roundTripMs === 0) return straighten();
      const way = { ...OPEN_WAY, latencyMs: roundTripMs / 2 };
      const shape = { there: way, back: way };
      if (proxies.size === 0) return lead(shape, signal);
      await Promise.all([...proxies.values()].map((proxy) => proxy.set(shape)));
    },
    async measure(signal) {
      const primary = cluster.primary();
      const instance = target.instances.find(({ name }) => name === primary);
      if (primary === null || instance === undefined) return null;
      const host = proxies.get(primary)?.address ?? cluster.addressOf(primary);
      const endpoint = { ...instance.monitorEndpoint, hosts: [host] };
      const options = { applicationName: "pgdyno-distance", timeoutMs: PING_MS, signal };
      const took = await withConnection(endpoint, options, async ({ query }) => {
        const all: number[] = [];
        for (let i = 0; i < PINGS; i += 1) {
          const startMs = clock.now();
          await query("select");
          all.push(clock.now() - startMs);
        }
        return all.sort((a, b) => a - b);
      }).catch(() => []);
      return took[Math.floor(PINGS / 2)] ?? null;
    },
    async close() {
      await Promise.all([...proxies.keys()].flatMap((to) => routesTo(to)));
      await takeAway();
    },
  };
}
