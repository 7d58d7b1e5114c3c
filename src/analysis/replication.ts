import { shareOfProcess } from "./aas.ts";
import type { Evidence, Series } from "./evidence.ts";
import { lastLevel, meanLevel } from "./gauges.ts";

/** A standby as its sender on the primary sees it. */
export interface StandbyLink {
  readonly key: string;
  readonly application: string;
  /** Commits wait for it, by priority or as one of a quorum, at least half of the time. */
  readonly isSynchronous: boolean;
  readonly isStreaming: boolean;
  series(name: LinkSeries): Series | null;
}

type LinkSeries =
  | "sentLagBytes"
  | "writeLagBytes"
  | "flushLagBytes"
  | "replayLagBytes"
  | "writeLagMs"
  | "flushLagMs"
  | "replayLagMs"
  | "replyAgeMs";

/** Base backups and the like are connected, too, and are no standbys; `null` where not read. */
export function standbyLinks(evidence: Evidence): StandbyLink[] | null {
  const streaming = evidence.keyed("pg-replication", "isStreaming");
  if (streaming === null) return null;
  const level = (name: string, key: string) =>
    meanLevel(evidence.keyed("pg-replication", name)?.get(key) ?? null) ?? 0;
  return [...streaming.keys()].map((key) => ({
    key,
    application: evidence.label("pg-replication", key, "application") ?? key,
    isSynchronous: level("isSync", key) + level("isQuorum", key) >= 0.5,
    isStreaming: level("isStreaming", key) >= 0.5,
    series: (name) => evidence.keyed("pg-replication", name)?.get(key) ?? null,
  }));
}

/** Standbys that commits wait for, by `synchronous_standby_names`: `ANY 2 (a, b, c)`, `FIRST 1 (a)` and `2 (a, b)` wait for so many; a plain list for its first. */
export function wantedStandbys(names: string): number {
  return Number(/^\s*(?:any\s+|first\s+)?(\d+)\s*\(/i.exec(names)?.[1] ?? 1);
}

/** Servers that were read and are standbys. */
export function standbysRead(evidence: Evidence): string[] {
  return evidence.instances.filter(
    (on) =>
      (lastLevel(evidence.series("pg-recovery", "isInRecovery", on)) ??
        lastLevel(evidence.series("pg-server", "isInRecovery", on)) ??
        0) > 0,
  );
}

/** Servers beside the first that should have answered and did not, for the last seconds at least. */
export function silentServers(evidence: Evidence, forMs: number): string[] {
  return evidence.instances.slice(1).filter((on) => {
    const series = evidence.series("pg-server", "isInRecovery", on);
    const recent = (series?.t ?? []).flatMap((t, i) =>
      t >= evidence.endMs - forMs ? [series?.v[i] ?? null] : [],
    );
    return recent.length > 0 && recent.every((value) => value === null);
  });
}

/** What the replaying process of a standby did; `null` where its waits were not sampled. */
export interface ReplayWork {
  /** Share of its time in which it had WAL to replay. */
  readonly busyShare: number;
  readonly pausedShare: number;
  /** It waits for a query on the standby. */
  readonly conflictShare: number;
  /** `recovery_min_apply_delay`: it waits on purpose. */
  readonly delayedShare: number;
}

/** Waits in which nothing is left to replay. */
const IDLE_EVENTS = ["Activity:RecoveryWalStream", "Activity:RecoveryWalAll"];
const CONFLICT_EVENTS = [
  "IPC:RecoveryConflictSnapshot",
  "IPC:RecoveryConflictTablespace",
  "BufferPin:BufferPin",
  "Lock:relation",
  "Lock:page",
  "Lock:tuple",
  "Lock:transactionid",
  "Lock:object",
];

/**
 * The wait events of the process `startup`.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE
 */
export function replayWork(evidence: Evidence, on: string): ReplayWork | null {
  const share = (...events: readonly string[]) =>
    events.reduce<number | null>((sum, event) => {
      const one = shareOfProcess(evidence, "startup", event, on);
      return one === null ? sum : (sum ?? 0) + one;
    }, null);
  const idle = share(...IDLE_EVENTS);
  if (idle === null) return null;
  return {
    busyShare: 1 - idle,
    pausedShare: share("IPC:RecoveryPause") ?? 0,
    conflictShare: share(...CONFLICT_EVENTS) ?? 0,
    delayedShare: share("Timeout:RecoveryApplyDelay") ?? 0,
  };
}
