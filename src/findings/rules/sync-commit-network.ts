import { judgeSyncCommit } from "../judge-sync-commit.ts";
import { defineRule } from "../rule.ts";

export const syncCommitNetwork = defineRule({
  id: "sync-commit-network",
  asks: "Do commits wait for the way to a synchronous standby?",
  needs: ["pg-waits", "pg-replication", "pg-database"],
  sources: [
    "https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION",
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW",
  ],
  explainedBy: ["standby-frozen", "sync-standby-lost"],

  judge: (evidence) =>
    judgeSyncCommit(evidence, {
      cause: "network",
      most: "on the way there and back",
      advice:
        "Bring the synchronous standby nearer (the same zone), or a nearer one into the quorum (`ANY 1 (…)`); " +
        "let more clients commit at once, since each wait serves all that came before; group small " +
        "transactions.",
      refutedBy:
        "With `synchronous_commit = local` commits take as long, or the round trip to the standby (`ping`) is far shorter than the wait.",
      levelWithout: "local",
    }),
});
