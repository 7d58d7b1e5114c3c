/** WAL streams that go through proxies: to lead one through, and to see it come straight again. */
import type { Cluster } from "../../../contracts/cluster.ts";
import type { Undoing } from "../../../contracts/undoer.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { Endpoint, HostAddress } from "../../../lib/endpoint.ts";
import { withConnection } from "../../../lib/pg-connection.ts";

/** A standby, and whom it follows. */
export interface WalWay {
  readonly from: string;
  readonly to: string;
}

/** Which way WAL takes to each member, in the hands of the instance managers. */
export interface WalRoutes {
  /**
   * Leads the WAL stream of `from`, when it follows `to`, through another address, as a proxy needs it;
   * `null` leads it straight again. An existing stream is opened anew at once.
   */
  route(way: WalWay, via: HostAddress | null): void;
  /** How others lead a stream straight again that this process leads through `via`. */
  undoingOf(way: WalWay, via: HostAddress): Undoing;
  /** Where a member answers, without proxies. */
  addressOf(name: string): HostAddress;
  /** Who may ask a member for its stream. */
  monitorOf(name: string): Endpoint;
}

/** What streams are led with. */
export interface StreamScene {
  readonly routes: WalRoutes;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** A standby opens its stream anew within a second or two; a fresh copy of it takes longer. */
const STREAM_MS = 30_000;
const ANSWER_MS = 2000;
const LOOK_MS = 20;

/**
 * Leads the stream of a standby through an address, and resolves once WAL comes in there and all has
 * come in again that was there before. To lead a stream elsewhere opens it anew.
 *
 * @throws where it does not stream within half a minute; the signal's reason.
 */
export async function leadStream(
  { routes, clock, signal }: StreamScene,
  way: WalWay,
  via: HostAddress,
): Promise<void> {
  routes.route(way, via);
  const deadlineMs = clock.now() + STREAM_MS;
  for (;;) {
    const stream = await lookAtStream(routes.monitorOf(way.from));
    if (stream !== null && isAt(stream, via) && stream.hasCaughtUp) return;
    if (clock.now() > deadlineMs) throw new Error(`${way.from} does not stream from ${way.to}`);
    await clock.sleep(LOOK_MS, signal);
  }
}

/**
 * Waits until the stream of a standby comes straight again. Only a standby that still follows that
 * primary, and is to be up, can do so: of any other nothing is waited for.
 *
 * @throws where it does not stream within half a minute.
 */
export async function untilStraight(
  { routes, cluster, clock }: StreamScene,
  { from, to }: WalWay,
): Promise<void> {
  const deadlineMs = clock.now() + STREAM_MS;
  for (;;) {
    const member = cluster.members().find(({ name }) => name === from);
    if (cluster.primary() !== to || member?.wanted !== "standby") return;
    const stream = await lookAtStream(routes.monitorOf(from));
    if (stream !== null && isAt(stream, routes.addressOf(to))) return;
    if (clock.now() > deadlineMs) throw new Error(`${from} does not stream from ${to} again`);
    await clock.sleep(LOOK_MS);
  }
}

/** Of whoever sends. */
interface Stream extends HostAddress {
  /** Whether all has come in again that was there before the stream was opened anew. */
  readonly hasCaughtUp: boolean;
}

function isAt(one: HostAddress, other: HostAddress): boolean {
  return one.host === other.host && one.port === other.port;
}

/**
 * `null` where no WAL comes in. A stream that is opened anew begins with the WAL file that the last
 * one ended in, so that up to a whole file comes in twice: `written_lsn` goes back, `flushed_lsn`
 * does not.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-RECEIVER-VIEW
 */
async function lookAtStream(endpoint: Endpoint): Promise<Stream | null> {
  const options = { applicationName: "pgdyno-fault", timeoutMs: ANSWER_MS };
  const rows = await withConnection(endpoint, options, ({ query }) =>
    query<{ host: string; port: number; hasCaughtUp: boolean }>(
      `select sender_host as host, sender_port as port, written_lsn >= flushed_lsn as "hasCaughtUp"
         from pg_stat_wal_receiver where status = 'streaming'`,
    ),
  ).catch(() => []); // It starts.
  return rows[0] ?? null;
}
