import type { Instance } from "../../../contracts/instance.ts";
import type { Clock } from "../../../lib/clock.ts";
import { WAL_PROGRESS_HEADER } from "../../../record/series-format.ts";
import type { RecordWriter } from "../../../record/record-writer.ts";
import type { MonitorSession } from "../../../sampling/monitor-session.ts";
import { messageOf } from "../../../lib/errors.ts";

/** How far one server is, at an instant of the run's clock. Bytes as `pg_lsn - '0/0'`. */
export interface WalPoint {
  readonly atMs: number;
  readonly flushedLsnBytes: number | null;
  readonly replayedLsnBytes: number | null;
  readonly archivedLsnBytes: number | null;
}

export interface WalTracker {
  /** As last read; `null` before the first reading. */
  latest(on: string): WalPoint | null;
  /** Waits until `is` holds for a reading of that server. @returns `false` where time is up. */
  until(
    on: string,
    is: (point: WalPoint) => boolean,
    limits: { readonly forMs: number; readonly signal: AbortSignal },
  ): Promise<boolean>;
  stop(): Promise<void>;
}

export interface TrackScene {
  readonly instances: readonly Instance[];
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
  readonly clock: Clock;
  readonly writer: RecordWriter;
}

const READ = `
  select case when pg_is_in_recovery() then pg_last_wal_receive_lsn()
              else pg_current_wal_flush_lsn() end - '0/0' as "flushedLsnBytes",
         case when pg_is_in_recovery() then pg_last_wal_replay_lsn() end - '0/0'
           as "replayedLsnBytes",
         case when not pg_is_in_recovery() and last_archived_wal ~ '^[0-9A-F]{24}' then
           ('x' || substr(last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296
           + (('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint
              + case when length(last_archived_wal) = 24 then 1 else 0 end)
             * pg_size_bytes(current_setting('wal_segment_size')) end as "archivedLsnBytes",
         case when not pg_is_in_recovery() then archived_count end as archived,
         case when not pg_is_in_recovery() then
           extract(epoch from clock_timestamp() - last_archived_time) * 1000 end
           as "lastArchivedAgeMs"
    from pg_stat_archiver`;

/** Reads every server's position some twenty times a second, each on a connection of its own. */
export function trackWal({ instances, connect, clock, writer }: TrackScene): WalTracker {
  const { everyMs, probe, series } = WAL_PROGRESS_HEADER;
  const stopping = new AbortController();
  const latest = new Map<string, WalPoint>();
  writer.seriesHeader(WAL_PROGRESS_HEADER);

  const follow = async (instance: Instance) => {
    const on = instance.name;
    let connection = null as MonitorSession | null;
    while (!stopping.signal.aborted) {
      const askedMs = clock.now();
      try {
        if (connection?.isOpen() !== true) connection = await connect(instance);
        const [row = {}] = await connection.query(READ);
        const atMs = (askedMs + clock.now()) / 2;
        const number = (name: string) => {
          const value = row[name];
          return value === null || value === undefined ? null : Number(value);
        };
        const names = Object.keys(series).filter((name) => name !== "roomBytes");
        const v = Object.fromEntries(names.map((name) => [name, number(name)]));
        writer.series(probe, { t: Math.round(atMs * 10) / 10, on, v });
        latest.set(on, {
          atMs,
          flushedLsnBytes: number("flushedLsnBytes"),
          replayedLsnBytes: number("replayedLsnBytes"),
          archivedLsnBytes: number("archivedLsnBytes"),
        });
      } catch (error) {
        writer.series(probe, { t: Math.round(askedMs), on, gap: messageOf(error) });
      }
      await clock.sleep(everyMs, stopping.signal).catch(() => undefined); // Stopped.
    }
    await connection?.close();
  };
  const following = instances.map(follow);

  return {
    latest: (on) => latest.get(on) ?? null,
    async until(on, is, { forMs, signal }) {
      const endMs = clock.now() + forMs;
      for (;;) {
        const point = latest.get(on);
        if (point !== undefined && is(point)) return true;
        if (clock.now() >= endMs) return false;
        await clock.sleep(everyMs / 2, signal);
      }
    },
    async stop() {
      stopping.abort(new Error("the trial is over"));
      await Promise.all(following);
    },
  };
}
