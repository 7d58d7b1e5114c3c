import type { Archiving } from "../analysis/archiving.ts";
import type { EvidenceItem } from "./rule.ts";

/** WAL that comes up, what of it would be lost with the server, and how both grew in the window. */
export function exposureItems({ filledPerS, segmentBytes, exposed }: Archiving): EvidenceItem[] {
  return [
    {
      name: "WAL",
      value: filledPerS === null ? null : filledPerS * segmentBytes,
      unit: "bytes/s",
      how: "mean",
      from: "pg-wal/lsnBytes",
    },
    {
      name: "WAL that is not in the archive",
      value: exposed.bytes,
      unit: "bytes",
      how: "last",
      from: "pg-wal/lsnBytes, pg-archiver/archivedLsnBytes",
    },
    {
      name: "more that a disaster would lose than at the start",
      value: exposed.grownBytes,
      unit: "bytes",
      how: "growth",
      from: "pg-wal/lsnBytes, pg-archiver/archivedLsnBytes",
    },
    {
      name: "time that a disaster would lose",
      value: exposed.ms,
      unit: "ms",
      how: "last",
      isAtLeast: true,
      from: "pg-archiver/lastArchivedAgeMs, oldestReadyAgeMs",
    },
    {
      name: "more of that time than at the start",
      value: exposed.grownMs,
      unit: "ms",
      how: "growth",
      from: "pg-archiver/lastArchivedAgeMs, oldestReadyAgeMs",
    },
  ];
}
