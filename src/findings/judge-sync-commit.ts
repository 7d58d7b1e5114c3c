import type { Evidence } from "../analysis/evidence.ts";
import { syncCommitOf, type SyncCommit } from "../analysis/sync-commit.ts";
import { SYNC_COMMIT } from "../analysis/thresholds.ts";
import { formatDurationMs } from "../lib/units.ts";
import { fail, pass, percent, unknown } from "./answers.ts";
import { fasterBy, setting } from "./predict.ts";
import type { Answer } from "./rule.ts";
import { tellStarved } from "./replay-items.ts";
import { syncCommitItems } from "./sync-commit-items.ts";

/** What tells one of the rules on commits that wait for a standby from the others. */
export interface SyncCommitCause {
  readonly cause: NonNullable<SyncCommit["cause"]>;
  /** Ends the sentence: `most of it …`. */
  readonly most: string;
  readonly advice: string;
  readonly refutedBy: string;
  /** Level of `synchronous_commit` that does not wait for this. */
  readonly levelWithout: string;
}

/** One wait has one cause: the rule that asks for it fails, the others pass. */
export function judgeSyncCommit(evidence: Evidence, asked: SyncCommitCause): Answer {
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
  if (cause !== asked.cause) return pass(`${waits}, but not for this: see evidence.`, items);
  return fail({
    because: `${waits}, most of it ${asked.most}.${cause === "replay" ? tellStarved(commit.replayStarvedShare) : ""}`,
    evidence: items,
    confidence: isConfirmed ? "confirmed" : "suspected",
    advice: asked.advice,
    refutedBy: asked.refutedBy,
    experiment: setting("synchronous_commit", asked.levelWithout, fasterBy(share)),
    weight: Math.max(SYNC_COMMIT.weightMin, share),
  });
}
