import { increase, increasePer, ratePerS } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { meanLevel } from "./gauges.ts";

/** WAL that the primary writes, bytes per second; `null` where it was not read. */
export function walBytesPerS(evidence: Evidence): number | null {
  return (
    ratePerS(evidence.series("pg-wal", "walBytes")) ??
    ratePerS(evidence.series("pg-wal", "lsnBytes"))
  );
}

/**
 * The same by positions first. Sessions report to pg_stat_wal once a second at most, so that a short
 * window may see nothing there of what was written in it.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-VIEWS
 */
export function insertedBytesPerS(evidence: Evidence): number | null {
  return (
    ratePerS(evidence.series("pg-wal", "lsnBytes")) ??
    ratePerS(evidence.series("pg-wal", "walBytes"))
  );
}

/** WAL between two checkpoints from which one is forced; `null` where the settings are not readable. */
export function checkpointDistanceBytes(evidence: Evidence): number | null {
  const maxWalBytes = evidence.settingBytes("max_wal_size");
  const target = Number(evidence.settingText("checkpoint_completion_target") ?? "0.9");
  if (maxWalBytes === null) return null;
  return maxWalBytes / (1 + (Number.isFinite(target) ? target : 0.9));
}

/**
 * Time between two checkpoints under this load: the clock's, or that in which the WAL fills its
 * share of `max_wal_size`. `null` where neither is known.
 *
 * @see https://www.postgresql.org/docs/current/wal-configuration.html
 */
export function checkpointCycleMs(evidence: Evidence): number | null {
  const timeoutMs = evidence.settingMs("checkpoint_timeout");
  if (timeoutMs === null) return null;
  const distanceBytes = checkpointDistanceBytes(evidence);
  const walPerS = walBytesPerS(evidence);
  if (distanceBytes === null || walPerS === null || walPerS <= 0) return timeoutMs;
  return Math.min(timeoutMs, (distanceBytes / walPerS) * 1000);
}

/** A page's image less its hole, which is left out: the mean of pages that are nine tenths full. */
const IMAGE_BYTES = 8192 * 0.9;

/** Share of the WAL that is full-page images, 0 to 1; too high where `wal_compression` is on. */
export function fullPageImageShare(evidence: Evidence): number | null {
  const images = increase(evidence.series("pg-wal", "walFpi"));
  const bytes = increase(evidence.series("pg-wal", "walBytes"));
  if (images === null || bytes === null) return null;
  if (bytes === 0) return 0;
  return Math.min(1, (images * IMAGE_BYTES) / bytes);
}

/** Events of a sync of the WAL: PostgreSQL 17 changed the spelling, which is not looked at. */
const SYNC_EVENTS = ["IO:WALSync", "IO:WALSyncMethodAssign"].map((event) => event.toLowerCase());

export interface WalSyncs {
  /** Processes that sync at a time: near 1 the device is never idle. */
  readonly busy: number;
  /** Mean time of one sync; `null` where syncs were not counted. */
  readonly meanMs: number | null;
  readonly perS: number | null;
  /** The server timed them itself; otherwise the time is that of the sampled waits. */
  readonly isTimed: boolean;
}

/**
 * How busy the syncs of the WAL keep their device; `null` where neither timings nor waits show it.
 *
 * Without `track_wal_io_timing` the mean is the sampled time in the wait over the number of syncs.
 */
export function walSyncs(evidence: Evidence): WalSyncs | null {
  const perS = ratePerS(evidence.series("pg-wal", "walSyncs"));
  const timedMsPerS = ratePerS(evidence.series("pg-wal", "walSyncMs"));
  const timedMs = increasePer(
    evidence.series("pg-wal", "walSyncMs"),
    evidence.series("pg-wal", "walSyncs"),
  );
  if (timedMsPerS !== null && timedMs !== null) {
    return { busy: timedMsPerS / 1000, meanMs: timedMs, perS, isTimed: true };
  }
  const busy = sampledSyncs(evidence);
  if (busy === null) return null;
  const meanMs = perS === null || perS === 0 ? null : (busy / perS) * 1000;
  return { busy, meanMs, perS, isTimed: false };
}

/** Clients and background processes in a sync at a time, from the sampled waits. */
export function sampledSyncs(evidence: Evidence): number | null {
  const waits = evidence.keyed("pg-waits", "sessions");
  if (waits === null || waits.size === 0) return null;
  let busy = 0;
  for (const [key, series] of waits) {
    const event = key.slice(key.lastIndexOf("/") + 1).toLowerCase();
    if (SYNC_EVENTS.includes(event)) busy += meanLevel(series) ?? 0;
  }
  return busy;
}
