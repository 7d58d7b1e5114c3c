import { readFile } from "node:fs/promises";
import path from "node:path";
import type { TimelineFork } from "../../../contracts/cluster.ts";
import { parseTimelineHistory, timelineHistoryName } from "../../../lib/postgresql-timelines.ts";
import type { ClusterPlan } from "./cluster-plan.ts";

/** Looks in every member's WAL for the file that tells where a timeline began. */
export async function findFork(
  { members }: Pick<ClusterPlan, "members">,
  timeline: number,
): Promise<TimelineFork | null> {
  for (const { dataDirectory } of members) {
    const file = path.join(dataDirectory, "pg_wal", timelineHistoryName(timeline));
    const text = await readFile(file, "utf8").catch(() => "");
    const parent = parseTimelineHistory(text).at(-1);
    if (parent !== undefined) {
      return { timeline, parentTimeline: parent.timeline, lsnBytes: parent.lsnBytes };
    }
  }
  return null;
}
