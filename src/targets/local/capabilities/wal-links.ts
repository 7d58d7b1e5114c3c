import type { WalLinks } from "../../../contracts/capabilities.ts";
import type { Cluster } from "../../../contracts/cluster.ts";
import type { PartContext } from "../../../contracts/context.ts";
import type { Breaking } from "../../../contracts/precaution.ts";
import { DynoError } from "../../../lib/errors.ts";
import { OPEN_WAY, type LinkShape } from "../../../lib/tcp-proxy/link-shape.ts";
import { startProxy, type TcpProxy } from "../../../lib/tcp-proxy/start-proxy.ts";
import { networkDistance } from "./network-distance.ts";
import { leadStream, untilStraight, type WalRoutes, type WalWay } from "./wal-streams.ts";

const OPEN: LinkShape = { there: OPEN_WAY, back: OPEN_WAY };

/**
 * Leads WAL streams through proxies of ours, and then disturbs them. To lead a stream elsewhere opens it
 * anew, some milliseconds before the disturbance begins and after it ends.
 *
 * The proxies are threads of this process: when it is gone, no WAL comes through them at all, until
 * others write the primary's own address into the standby's settings.
 */
export function walLinks(
  routes: WalRoutes,
  cluster: Cluster,
  context: Pick<PartContext, "clock" | "random" | "journal">,
): WalLinks {
  return {
    distance: networkDistance({ routes, cluster, ...context }),
    async disturb(on, shape, resets, breaking) {
      const scene = { routes, cluster, breaking };
      const ways = waysOf(scene, on);
      const proxies = await Promise.all(ways.map((way) => leadThroughProxy(scene, way)));
      await Promise.all(proxies.map((proxy) => proxy.set(shape)));
      if (resets) await Promise.all(proxies.map((proxy) => proxy.reset()));
      const names = ways.map(({ from, to }) => `from ${to} to ${from}`).join(" and ");
      return `the WAL stream ${names}`;
    },
  };
}

interface LinkScene {
  readonly routes: WalRoutes;
  readonly cluster: Cluster;
  readonly breaking: Breaking;
}

function waysOf({ cluster, breaking: { fault } }: LinkScene, on: string): readonly WalWay[] {
  const primary = cluster.primary();
  if (primary === null) {
    throw new DynoError("FAULT_FAILED", { fault, on, because: "there is no primary now" });
  }
  if (on !== primary) return [{ from: on, to: primary }];
  const others = cluster.members().filter(({ name, role }) => name !== on && role === "standby");
  return others.map(({ name }) => ({ from: name, to: on }));
}

async function leadThroughProxy(
  { routes, cluster, breaking }: LinkScene,
  way: WalWay,
): Promise<TcpProxy> {
  const { random, clock, signal, secure } = breaking;
  const straight = routes.addressOf(way.to);
  const seed = random.integer(1, 2 ** 31);
  const proxy = await startProxy({ to: straight, shape: OPEN, seed });
  await secure({
    ...routes.undoingOf(way, proxy.address),
    undo: async () => {
      routes.route(way, null);
      await proxy.set(OPEN);
      await proxy.reset();
      await untilStraight({ routes, cluster, clock }, way);
      await proxy.close();
    },
  });
  await leadStream({ routes, cluster, clock, signal }, way, proxy.address);
  return proxy;
}
