import { judgeSyncCommit } from "../judge-sync-commit.ts";
import { defineRule } from "../rule.ts";

export const syncCommitStandbyDisk = defineRule({
  id: "sync-commit-standby-disk",
  asks: "Do commits wait for the disk of a synchronous standby?",
  needs: ["pg-waits", "pg-replication", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW",
  ],
  explainedBy: ["standby-frozen", "sync-standby-lost"],

  judge: (evidence) =>
    judgeSyncCommit(evidence, {
      cause: "standby-disk",
      most: "in making WAL durable there",
      advice:
        "Give the standby's WAL a quicker disk, or another standby a place in the quorum (`ANY 1 (…)`). " +
        "`synchronous_commit = remote_write` does not wait for that disk, and loses transactions where " +
        "both servers fail at once.",
      refutedBy: "With `synchronous_commit = remote_write` commits take as long.",
      levelWithout: "remote_write",
    }),
});
