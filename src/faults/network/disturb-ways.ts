import { applyFault, type Secure } from "../../contracts/apply-fault.ts";
import { clusterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import type { AppliedFault, FaultContext } from "../../contracts/fault.ts";
import type { TargetHandle } from "../../contracts/target.ts";
import { leadStream, untilStraight, type WalWay } from "../../contracts/wal-streams.ts";
import { DynoError } from "../../lib/errors.ts";
import { OPEN_WAY, type LinkShape } from "../../lib/tcp-proxy/link-shape.ts";
import { startProxy, type TcpProxy } from "../../lib/tcp-proxy/start-proxy.ts";

export interface Disturbance {
  readonly fault: string;
  readonly shape: LinkShape;
  /** Whether the streams are reset as well when it begins. */
  readonly resets: boolean;
  /** Completes "the WAL stream from pg1 to pg2 …". */
  readonly text: string;
}

const OPEN: LinkShape = { there: OPEN_WAY, back: OPEN_WAY };

/** Why no network can be disturbed; `null` where one can. */
export function whyNoWay(target: TargetHandle): string | null {
  const reason = whyNoCluster(target);
  if (reason !== null) return reason;
  return (target.cluster?.members().length ?? 0) < 2
    ? "There is one instance only, and so no network between instances."
    : null;
}

/**
 * Leads WAL streams through proxies of ours, and then disturbs them: of a standby its own, of the
 * primary those to all standbys. To lead a stream elsewhere opens it anew, some milliseconds before
 * the disturbance begins and after it ends.
 *
 * The proxies are threads of this process: when it is gone, no WAL comes through them at all, until
 * others write the primary's own address into the standby's settings.
 */
export function disturbWays(
  context: FaultContext<unknown>,
  { fault, shape, resets, text }: Disturbance,
): Promise<AppliedFault> {
  return applyFault(context, async (secure) => {
    const ways = waysOf(context, fault);
    const proxies = await Promise.all(ways.map((way) => leadThroughProxy(context, secure, way)));
    await Promise.all(proxies.map((proxy) => proxy.set(shape)));
    if (resets) await Promise.all(proxies.map((proxy) => proxy.reset()));
    const names = ways.map(({ from, to }) => `from ${to} to ${from}`).join(" and ");
    return `the WAL stream ${names} ${text}`;
  });
}

function waysOf({ target, on }: FaultContext<unknown>, fault: string): readonly WalWay[] {
  const cluster = clusterOf(target, fault);
  const primary = cluster.primary();
  if (primary === null) {
    throw new DynoError("FAULT_FAILED", { fault, on, because: "there is no primary now" });
  }
  if (on !== primary) return [{ from: on, to: primary }];
  const others = cluster.members().filter(({ name, role }) => name !== on && role === "standby");
  return others.map(({ name }) => ({ from: name, to: on }));
}

async function leadThroughProxy(
  context: FaultContext<unknown>,
  secure: Secure,
  way: WalWay,
): Promise<TcpProxy> {
  const { target, random, clock, signal } = context;
  const cluster = clusterOf(target, "network");
  const straight = cluster.addressOf(way.to);
  const seed = random.integer(1, 2 ** 31);
  const proxy = await startProxy({ to: straight, shape: OPEN, seed });
  await secure({
    ...cluster.undoingOfRoute(way, proxy.address),
    undo: async () => {
      await cluster.route(way, null);
      await proxy.set(OPEN);
      await proxy.reset();
      await untilStraight({ target, cluster, clock }, way);
      await proxy.close();
    },
  });
  await leadStream({ target, cluster, clock, signal }, way, proxy.address);
  return proxy;
}
