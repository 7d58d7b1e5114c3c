import type { NetworkDistance } from "../../../contracts/capabilities.ts";
import type { Cluster } from "../../../contracts/cluster.ts";
import type { PartContext } from "../../../contracts/context.ts";
import { withConnection } from "../../../lib/pg-connection.ts";
import { OPEN_WAY, type LinkShape } from "../../../lib/tcp-proxy/link-shape.ts";
import { startProxy, type TcpProxy } from "../../../lib/tcp-proxy/start-proxy.ts";
import { leadStream, untilStraight, type WalRoutes, type WalWay } from "./wal-streams.ts";

interface DistanceScene extends Pick<PartContext, "clock" | "random" | "journal"> {
  readonly routes: WalRoutes;
  readonly cluster: Cluster;
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
  routes,
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
      proxies.set(to, await startProxy({ to: routes.addressOf(to), shape, seed }));
    }
    const scene = { routes, cluster, clock, signal };
    for (const way of ways()) {
      const { entry } = routes.undoingOf(way, proxies.get(way.to)!.address);
      strikes.push(await journal.enter(entry));
    }
    await Promise.all(
      ways().map(async (way) => {
        const { address } = proxies.get(way.to)!;
        if (isStream(way)) await leadStream(scene, way, address);
        else routes.route(way, address);
      }),
    );
  };
  const straightenRoutes = () => {
    for (const way of ways()) if (proxies.has(way.to)) routes.route(way, null);
  };
  const takeAway = async () => {
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    proxies.clear();
    for (const strike of strikes.splice(0)) await strike();
  };
  const straighten = async () => {
    if (proxies.size === 0) return;
    straightenRoutes();
    await Promise.all([...proxies.values()].map((proxy) => proxy.reset()));
    await Promise.all(ways().map((way) => untilStraight({ routes, cluster, clock }, way)));
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
      if (primary === null) return null;
      const host = proxies.get(primary)?.address ?? routes.addressOf(primary);
      const endpoint = { ...routes.monitorOf(primary), hosts: [host] };
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
      straightenRoutes();
      await takeAway();
    },
  };
}
