import type { Evidence } from "./evidence.ts";
import { lastLevel, maxLevel, minLevel } from "./gauges.ts";
import { BLOAT } from "./thresholds.ts";

/** What keeps dead rows from being removed: a session's old snapshot, or one without a session. */
export type SnapshotHolder = "session" | "other" | null;

/**
 * A session's transaction is old when the window ends, and others came after its snapshot: a batch that
 * changes many rows at once is old as well, but holds only its own. Without a session it is a prepared
 * transaction, a slot or a standby.
 */
export function snapshotHolder(evidence: Evidence): SnapshotHolder {
  const xactAgeMs = lastLevel(evidence.series("pg-activity", "oldestXactAgeMs")) ?? 0;
  const ages = evidence.series("pg-activity", "oldestXminAge");
  const most = maxLevel(ages);
  const isHolding = most === null || most >= BLOAT.xminAgeOfSessionMin;
  if (xactAgeMs >= BLOAT.xactAgeMsMin && isHolding) return "session";
  return (minLevel(ages) ?? 0) >= BLOAT.xminAgeMin ? "other" : null;
}
