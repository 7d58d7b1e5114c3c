import { syncCommitOf } from "../../analysis/sync-commit.ts";
import { SYNC_COMMIT } from "../../analysis/thresholds.ts";
import { formatDurationMs } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { defineRule } from "../rule.ts";
import { syncCommitItems } from "../sync-commit-items.ts";

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

  judge(evidence) {
    const commit = syncCommitOf(evidence);
    if (commit === null) return unknown("pg-waits or pg-replication has too few samples.");
    const items = syncCommitItems(commit);
    const { share, waitMs, links, cause, isSlow, isConfirmed } = commit;
    if (share < SYNC_COMMIT.shareMin) {
      return pass(`${percent(share)} of the active time waits for a synchronous standby.`, items);
    }
    if (links.length === 0) return pass("No synchronous standby is connected.", items);
    if (waitMs === null) return unknown("How long a commit waits is not known.", items);
    const waits =
      `${percent(share)} of the active time waits for a synchronous standby, ` +
      `${formatDurationMs(waitMs)} for each commit`;
    if (!isSlow) return pass(`${waits}, as with a good one.`, items);
    if (cause === null) {
      return unknown(`${waits}; what for does not show: name the standby, too.`, items);
    }
    if (cause !== "replay") return pass(`${waits}, but not for this: see evidence.`, items);
    return fail({
      because: `${waits}, most of it for replay there.`,
      evidence: items,
      confidence: isConfirmed ? "confirmed" : "suspected",
      advice:
        "`synchronous_commit = remote_apply` waits for replay: use it only for transactions that are read " +
        "on the standby at once, or quicken replay there (see replay-bound, replay-conflict).",
      refutedBy: "With `synchronous_commit = on` commits take as long.",
      weight: Math.max(0.8, share),
    });
  },
});
