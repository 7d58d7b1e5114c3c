import { applyFault, type Secure } from "../../contracts/apply-fault.ts";
import type { Cluster } from "../../contracts/cluster.ts";
import { clusterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import type { AppliedFault, FaultContext } from "../../contracts/fault.ts";
import type { TargetHandle } from "../../contracts/target.ts";
import { DynoError } from "../../lib/errors.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { OPEN_WAY, type LinkShape } from "./tcp-proxy/link-shape.ts";
import { startProxy, type TcpProxy } from "./tcp-proxy/start-proxy.ts";

export interface Disturbance {
  readonly fault: string;
  readonly shape: LinkShape;
  /** Whether the streams are reset as well when it begins. */
  readonly resets: boolean;
  /** Completes "the WAL stream from pg1 to pg2 …". */
  readonly text: string;
}

/** A standby, and whom it follows. */
interface Way {
  readonly from: string;
  readonly to: string;
}

/** A standby opens its stream anew within a second or two; a fresh copy of it takes longer. */
const STREAM_MS = 30_000;
const ANSWER_MS = 2000;
const LOOK_MS = 20;
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

function waysOf({ target, on }: FaultContext<unknown>, fault: string): readonly Way[] {
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
  way: Way,
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
      await untilStraight(context, cluster, way);
      await proxy.close();
    },
  });
  await cluster.route(way, proxy.address);
  const deadlineMs = clock.now() + STREAM_MS;
  for (;;) {
    const stream = await lookAtStream(target, way.from);
    if (stream?.port === proxy.address.port && stream.hasCaughtUp) break;
    if (clock.now() > deadlineMs) throw new Error(`${way.from} does not stream from ${way.to}`);
    await clock.sleep(LOOK_MS, signal);
  }
  return proxy;
}

/** Only a standby that still follows that primary, and is to be up, can stream from it again. */
async function untilStraight(
  { target, clock }: FaultContext<unknown>,
  cluster: Cluster,
  { from, to }: Way,
): Promise<void> {
  const deadlineMs = clock.now() + STREAM_MS;
  for (;;) {
    const member = cluster.members().find(({ name }) => name === from);
    if (cluster.primary() !== to || member?.wanted !== "standby") return;
    const stream = await lookAtStream(target, from);
    if (stream?.port === cluster.addressOf(to).port) return;
    if (clock.now() > deadlineMs) throw new Error(`${from} does not stream from ${to} again`);
    await clock.sleep(LOOK_MS);
  }
}

interface Stream {
  /** Of whoever sends. */
  readonly port: number;
  /** Whether all has come in again that was there before the stream was opened anew. */
  readonly hasCaughtUp: boolean;
}

/**
 * `null` where no WAL comes in. A stream that is opened anew begins with the WAL file that the last
 * one ended in, so that up to a whole file comes in twice: `written_lsn` goes back, `flushed_lsn`
 * does not.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-RECEIVER-VIEW
 */
async function lookAtStream({ instances }: TargetHandle, name: string): Promise<Stream | null> {
  const endpoint = instances.find((instance) => instance.name === name)?.monitorEndpoint;
  if (endpoint === undefined) throw new Error(`${name} is no instance of the target.`);
  const options = { applicationName: "pgdyno-fault", timeoutMs: ANSWER_MS };
  const rows = await withConnection(endpoint, options, ({ query }) =>
    query<{ port: number; hasCaughtUp: boolean }>(
      `select sender_port as port, written_lsn >= flushed_lsn as "hasCaughtUp"
         from pg_stat_wal_receiver where status = 'streaming'`,
    ),
  ).catch(() => []); // It starts.
  return rows[0] ?? null;
}
