import type { SyncCommit } from "../analysis/sync-commit.ts";
import { SYNC_COMMIT } from "../analysis/thresholds.ts";
import type { EvidenceItem } from "./rule.ts";

/** The figures behind a verdict on commits that wait for a standby. */
export function syncCommitItems(commit: SyncCommit): EvidenceItem[] {
  const { share, waiters, waitMs, usualMs, lagMs, places, mode } = commit;
  const { receiverIoShare, replayBusyShare, replayStarvedShare } = commit;
  const place = (name: string, value: number | undefined): EvidenceItem => ({
    name,
    value: value ?? null,
    unit: "ratio",
    how: "mean",
    from: "pg-replication/sentLagBytes, writeLagBytes, flushLagBytes, replayLagBytes",
    threshold: SYNC_COMMIT.partShareMin,
  });
  const lag = (name: string, value: number | null): EvidenceItem => ({
    name,
    value,
    unit: "ms",
    how: "median",
    from: "pg-replication",
  });
  return [
    {
      name: "active time in waiting for a standby",
      value: share,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: SYNC_COMMIT.shareMin,
    },
    {
      name: "sessions that wait for it",
      value: waiters,
      unit: "count",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: SYNC_COMMIT.waitersMin,
    },
    {
      name: "wait per commit",
      value: waitMs,
      unit: "ms",
      how: "mean",
      from: "pg-waits/sessions, pg-database/allCommits",
      threshold: usualMs,
    },
    lag("of it until written there", lagMs.network),
    lag("from then until durable", lagMs["standby-disk"]),
    lag("from then until replayed", lagMs.replay),
    place("readings in which WAL was on its way there", places?.network),
    place("readings in which it was not yet durable there", places?.["standby-disk"]),
    place("readings in which it was not yet replayed there", places?.replay),
    {
      name: "time of the standby's receiver in writing and syncing",
      value: receiverIoShare,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: SYNC_COMMIT.partShareMin,
    },
    {
      name: "time in which the standby's replay had work",
      value: replayBusyShare,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions",
    },
    {
      name: "time in which its replaying process was kept from a CPU",
      value: replayStarvedShare,
      unit: "ratio",
      how: "mean",
      from: "cgroup/throttledPeriods, postgres-processes/cpuWaitMs",
      threshold: SYNC_COMMIT.partShareMin,
    },
    { name: "synchronous_commit", value: mode, unit: "text", how: "fact", from: "pg_settings" },
  ];
}
