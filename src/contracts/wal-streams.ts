/** WAL streams that go through a proxy: what faults and stages do with them alike. */
import type { Clock } from "../lib/clock.ts";
import { withConnection } from "../lib/pg-connection.ts";
import type { Cluster } from "./cluster.ts";
import type { TargetHandle } from "./target.ts";

/** A standby, and whom it follows. */
export interface WalWay {
  readonly from: string;
  readonly to: string;
}

interface WayScene {
  readonly target: Pick<TargetHandle, "instances">;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** A standby opens its stream anew within a second or two; a fresh copy of it takes longer. */
const STREAM_MS = 30_000;
const ANSWER_MS = 2000;
const LOOK_MS = 20;

/**
 * Leads the stream of a standby through a port, and resolves once WAL comes in there and all has come
 * in again that was there before. To lead a stream elsewhere opens it anew.
 *
 * @throws where it does not stream within half a minute; the signal's reason.
 */
export async function leadStream(
  { target, cluster, clock, signal }: WayScene,
  way: WalWay,
  via: { readonly host: string; readonly port: number },
): Promise<void> {
  await cluster.route(way, via);
  const deadlineMs = clock.now() + STREAM_MS;
  for (;;) {
    const stream = await lookAtStream(target, way.from);
    if (stream?.port === via.port && stream.hasCaughtUp) return;
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
  { target, cluster, clock }: WayScene,
  { from, to }: WalWay,
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
async function lookAtStream(
  { instances }: WayScene["target"],
  name: string,
): Promise<Stream | null> {
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
