import { parseLsnBytes } from "./postgresql-lsn.ts";

/** Where a timeline was left for the next one. */
export interface TimelineEnd {
  readonly timeline: number;
  /** WAL up to here belongs to the next timeline too. */
  readonly lsnBytes: number;
}

/**
 * Reads `00000002.history`: the ancestors of a timeline, oldest first, each with where it was left.
 *
 * @see https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES
 */
export function parseTimelineHistory(text: string): readonly TimelineEnd[] {
  return text.split("\n").flatMap((line) => {
    const [timeline, lsn] = line.split("#")[0]!.trim().split(/\s+/);
    const lsnBytes = parseLsnBytes(lsn ?? "");
    return lsnBytes === null ? [] : [{ timeline: Number(timeline), lsnBytes }];
  });
}

/** Name of the file that tells where `timeline` came from. */
export function timelineHistoryName(timeline: number): string {
  return `${timeline.toString(16).toUpperCase().padStart(8, "0")}.history`;
}
