import { shareOfProcess } from "./aas.ts";
import { increase, ratePerS } from "./counters.ts";
import type { Evidence, Series } from "./evidence.ts";
import { firstLevel, lastLevel, minLevel, slopePerS } from "./gauges.ts";
import type { Slope } from "./statistics/theil-sen.ts";
import { walBytesPerS } from "./wal.ts";

/** What became of full WAL segments in the window. */
export interface Archiving {
  readonly segmentBytes: number;
  readonly archived: number;
  readonly failed: number;
  /** Since the statistics were reset: false where no file was ever offered to the archive. */
  readonly hasTried: boolean;
  /** The last attempt that is known failed. */
  readonly isFailing: boolean;
  /** Whole segments that wait; `null` where they may not be counted. */
  readonly ready: Backlog | null;
  /** Share of the time in which the archiver had work; `null` where its waits were not sampled. */
  readonly busyShare: number | null;
  /** Segments per second that are filled and that are archived. */
  readonly filledPerS: number | null;
  readonly archivedPerS: number;
  /** How long the present command has gone on without success, at least. */
  readonly stalledMs: number | null;
  readonly exposed: Exposed;
}

/** What would be lost with the server. The segment that is being filled belongs to it. */
interface Exposed {
  /** WAL that is not in the archive, at the end; `null` where neither positions nor segments tell it. */
  readonly bytes: number | null;
  /** More of it than at the start. */
  readonly grownBytes: number | null;
  /** The time in which it was written, at least; `null` where nothing was ever archived and nothing waits. */
  readonly ms: number | null;
  readonly grownMs: number | null;
}

export interface Backlog {
  readonly first: number;
  readonly last: number;
  readonly least: number;
  /** Segments per second; `null` with too few samples. */
  readonly growth: Slope | null;
}

/** A segment's usual size; `initdb --wal-segsize` sets another. */
const SEGMENT_BYTES = 16 * 1024 ** 2;

/** Bytes of a WAL segment of this server. */
export function segmentBytesOf(evidence: Evidence): number {
  return (
    lastLevel(evidence.series("pg-wal-directory", "segmentBytes")) ??
    evidence.settingBytes("wal_segment_size") ??
    SEGMENT_BYTES
  );
}

/** `null` where the archiver was not read: nothing is archived, or nobody looked. */
export function archivingOf(evidence: Evidence): Archiving | null {
  const series = (name: string) => evidence.series("pg-archiver", name);
  const archived = increase(series("archived"));
  const failed = increase(series("failed"));
  if (archived === null || failed === null) return null;
  const segmentBytes = segmentBytesOf(evidence);
  // A segment that is switched before it is full is archived as a whole one: positions tell, not bytes.
  const walPerS = ratePerS(evidence.series("pg-wal", "lsnBytes")) ?? walBytesPerS(evidence);
  const idle = shareOfProcess(evidence, "archiver", "Activity:ArchiverMain");
  const ready = backlogOf(evidence);
  return {
    segmentBytes,
    archived,
    failed,
    hasTried: (lastLevel(series("archived")) ?? 0) + (lastLevel(series("failed")) ?? 0) > 0,
    isFailing: (lastLevel(series("isFailing")) ?? 0) > 0,
    ready,
    busyShare: idle === null ? null : 1 - idle,
    filledPerS: walPerS === null ? null : walPerS / segmentBytes,
    archivedPerS: ratePerS(series("archived")) ?? 0,
    stalledMs: stalledMsOf(evidence),
    exposed: {
      ...exposedBytesOf(evidence, ready === null ? null : ready.last * segmentBytes),
      ...exposedMsOf(evidence),
    },
  };
}

/** By positions; where nothing was ever archived, at least the segments that wait. */
function exposedBytesOf(
  evidence: Evidence,
  waitingBytes: number | null,
): Pick<Exposed, "bytes" | "grownBytes"> {
  const lsn = evidence.series("pg-wal", "lsnBytes");
  const archivedLsn = evidence.series("pg-archiver", "archivedLsnBytes");
  const last = lastLevel(archivedLsn);
  const written = increase(lsn);
  // The first segment ever archived in this window: where the archive began is not known.
  const archived = last === null ? 0 : archivedLsn?.v[0] === null ? null : increase(archivedLsn);
  const grownBytes = written === null || archived === null ? null : written - archived;
  const now = lastLevel(lsn);
  const bytes = now === null || last === null ? waitingBytes : Math.max(0, now - last);
  return { bytes, grownBytes };
}

/**
 * The last segment in the archive was full before it was archived, and before the oldest that waits
 * was: the longer of both ages is a lower bound.
 */
function exposedMsOf(evidence: Evidence): Pick<Exposed, "ms" | "grownMs"> {
  const sinceSuccess = evidence.series("pg-archiver", "lastArchivedAgeMs");
  const oldest = evidence.series("pg-archiver", "oldestReadyAgeMs");
  const longer = (read: (series: Series | null) => number | null) => {
    const ages = [read(sinceSuccess), read(oldest)].filter((age) => age !== null);
    return ages.length === 0 ? null : Math.max(...ages);
  };
  const [first, ms] = [longer(firstLevel), longer(lastLevel)];
  return { ms, grownMs: first === null || ms === null ? null : ms - first };
}

function backlogOf(evidence: Evidence): Backlog | null {
  const series = evidence.series("pg-archiver", "ready");
  const first = firstLevel(series);
  const last = lastLevel(series);
  const least = minLevel(series);
  if (first === null || last === null || least === null) return null;
  const growth = slopePerS(series);
  return { first, last, least, growth: growth.is === "slope" ? growth : null };
}

/** The shorter of: since a success, and since the oldest segment waits. */
function stalledMsOf(evidence: Evidence): number | null {
  const sinceSuccess = lastLevel(evidence.series("pg-archiver", "lastArchivedAgeMs"));
  const oldest = lastLevel(evidence.series("pg-archiver", "oldestReadyAgeMs"));
  if (oldest === null) return sinceSuccess;
  return sinceSuccess === null ? oldest : Math.min(sinceSuccess, oldest);
}

/** Time until the volume of the WAL is full if so much is kept per second; `null` where not known. */
export function msUntilFull(evidence: Evidence, keptBytesPerS: number): number | null {
  const room = walRoomBytes(evidence);
  return room === null || keptBytesPerS <= 0 ? null : (room / keptBytesPerS) * 1000;
}

/** Room for WAL: what is free on its volume, and segments that are ready for it already. */
export function walRoomBytes(evidence: Evidence): number | null {
  const available = availableWalBytes(evidence);
  if (available === null) return null;
  const ahead = lastLevel(evidence.series("pg-wal-directory", "recycledAhead")) ?? 0;
  return available + ahead * segmentBytesOf(evidence);
}

/** What the server may still write on the volume of its WAL. A full volume is left out of the gauge. */
export function availableWalBytes(evidence: Evidence): number | null {
  const level = (name: "availableBytes" | "totalBytes") =>
    lastLevel(evidence.keyed("host-volume", name, evidence.host)?.get("wal") ?? null);
  return level("availableBytes") ?? (level("totalBytes") === null ? null : 0);
}
