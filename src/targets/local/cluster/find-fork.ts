import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseTimelineHistory, timelineHistoryName } from "../../../lib/postgresql-timelines.ts";

/** One line of a `.history` file. @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES */
export interface TimelineFork {
  readonly timeline: number;
  readonly parentTimeline: number;
  /** WAL up to here is common to both. */
  readonly lsnBytes: number;
}

/** Looks in every member's WAL for the file that tells where a timeline began. */
export async function findFork(
  { members }: { readonly members: readonly { readonly dataDirectory: string }[] },
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
