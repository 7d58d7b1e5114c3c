import type { SyncCommit } from "../analysis/sync-commit.ts";
import { SYNC_COMMIT } from "../analysis/thresholds.ts";
import type { EvidenceItem } from "./rule.ts";

/** The figures behind a verdict on commits that wait for a standby. */
export function syncCommitItems(commit: SyncCommit): EvidenceItem[] {
  const { share, waiters, waitMs, usualMs, lagMs, receiverIoShare, replayBusyShare, mode } = commit;
  const lag = (name: string, value: number | null): EvidenceItem => ({
    name,
    value,
    unit: "ms",
    from: "pg-replication",
  });
  return [
    {
      name: "active time in waiting for a standby",
      value: share,
      unit: "ratio",
      from: "pg-waits/sessions",
      threshold: SYNC_COMMIT.shareMin,
    },
    {
      name: "sessions that wait for it",
      value: waiters,
      unit: "count",
      from: "pg-waits/sessions",
      threshold: SYNC_COMMIT.waitersMin,
    },
    {
      name: "wait per commit",
      value: waitMs,
      unit: "ms",
      from: "pg-waits/sessions, pg-database/allCommits",
      threshold: usualMs,
    },
    lag("of it until written there", lagMs.network),
    lag("from then until durable", lagMs["standby-disk"]),
    lag("from then until replayed", lagMs.replay),
    {
      name: "time of the standby's receiver in writing and syncing",
      value: receiverIoShare,
      unit: "ratio",
      from: "pg-waits/sessions",
      threshold: SYNC_COMMIT.partShareMin,
    },
    {
      name: "time in which the standby's replay had work",
      value: replayBusyShare,
      unit: "ratio",
      from: "pg-waits/sessions",
    },
    { name: "synchronous_commit", value: mode, unit: "text", from: "pg_settings" },
  ];
}
