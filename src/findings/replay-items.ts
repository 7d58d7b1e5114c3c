import type { Replay } from "../analysis/replay.ts";
import { REPLAY } from "../analysis/thresholds.ts";
import type { EvidenceItem } from "./rule.ts";

/** The figures behind a verdict on replay. */
export function replayItems(replay: Replay): EvidenceItem[] {
  const { name, on, behindBytes, behindMs, replayedPerS, writtenPerS, work, pausedShare } = replay;
  const from = on === null ? "pg-replication" : "pg-recovery";
  const share = (what: string, value: number | null, threshold?: number): EvidenceItem => ({
    name: what,
    value,
    unit: "ratio",
    from: "pg-waits/sessions",
    ...(threshold === undefined ? {} : { threshold }),
  });
  return [
    { name: "standby", value: name, unit: "text", from },
    {
      name: "WAL there that is not replayed",
      value: behindBytes,
      unit: "bytes",
      from,
      threshold: REPLAY.behindBytesMin,
    },
    {
      name: "the same as time",
      value: behindMs,
      unit: "ms",
      from,
      threshold: REPLAY.behindMsMin,
    },
    { name: "replayed", value: replayedPerS, unit: "bytes/s", from },
    { name: "WAL", value: writtenPerS, unit: "bytes/s", from: "pg-wal/walBytes" },
    share("time in which replay had work", work?.busyShare ?? null, REPLAY.busyShareMin),
    share(
      "time in which it waited for a query",
      work?.conflictShare ?? null,
      REPLAY.conflictShareMin,
    ),
    { name: "samples that show a pause", value: pausedShare, unit: "ratio", from: "pg-recovery" },
  ];
}
