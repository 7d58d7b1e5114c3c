import { judgeSyncCommit } from "../judge-sync-commit.ts";
import { defineRule } from "../rule.ts";

export const syncCommitReplay = defineRule({
  id: "sync-commit-replay",
  asks: "Do commits wait for a synchronous standby to replay them?",
  needs: ["pg-waits", "pg-replication", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW",
  ],
  explainedBy: [
    "replay-paused",
    "replay-conflict",
    "replay-bound",
    "standby-frozen",
    "sync-standby-lost",
  ],

  judge: (evidence) =>
    judgeSyncCommit(evidence, {
      cause: "replay",
      most: "for replay there",
      advice:
        "`synchronous_commit = remote_apply` waits for replay: use it only for transactions that are read " +
        "on the standby at once, or quicken replay there (see replay-bound, replay-conflict).",
      refutedBy: "With `synchronous_commit = on` commits take as long.",
      levelWithout: "on",
    }),
});
