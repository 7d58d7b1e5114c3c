import type { Replay } from "../analysis/replay.ts";
import { REPLAY } from "../analysis/thresholds.ts";
import { percent } from "./answers.ts";
import type { EvidenceItem } from "./rule.ts";

/** It waits for queries at least as long as it replays: then they, and not its speed, hold it up. */
export function isHeldUpByQueries({ work }: Replay): boolean {
  if (work === null || work.conflictShare < REPLAY.conflictShareMin) return false;
  return work.conflictShare >= work.busyShare - work.conflictShare;
}

/** A sentence where the replaying process has hardly a CPU; empty where it has. */
export function tellStarved(starvedShare: number | null): string {
  if (starvedShare === null || starvedShare < REPLAY.starvedShareMin) return "";
  return ` The process that replays there is kept from a CPU ${percent(starvedShare)} of the time.`;
}

/** The figures behind a verdict on replay. */
export function replayItems(replay: Replay): EvidenceItem[] {
  const { name, on, behindBytes, behindMs, replayedPerS, writtenPerS, work } = replay;
  const { starvedShare, pausedShare } = replay;
  const from = on === null ? "pg-replication" : "pg-recovery";
  const share = (what: string, value: number | null, threshold?: number): EvidenceItem => ({
    name: what,
    value,
    unit: "ratio",
    how: "mean",
    from: "pg-waits/sessions",
    ...(threshold === undefined ? {} : { threshold }),
  });
  return [
    { name: "standby", value: name, unit: "text", how: "fact", from },
    {
      name: "WAL there that is not replayed",
      value: behindBytes,
      unit: "bytes",
      how: "median",
      from,
      threshold: REPLAY.behindBytesMin,
    },
    {
      name: "the same as time",
      value: behindMs,
      unit: "ms",
      how: "median",
      from,
      threshold: REPLAY.behindMsMin,
    },
    { name: "replayed", value: replayedPerS, unit: "bytes/s", how: "mean", from },
    { name: "WAL", value: writtenPerS, unit: "bytes/s", how: "mean", from: "pg-wal/walBytes" },
    share("time in which replay had work", work?.busyShare ?? null, REPLAY.busyShareMin),
    share(
      "time in which it waited for a query",
      work?.conflictShare ?? null,
      REPLAY.conflictShareMin,
    ),
    {
      name: "time in which its process was kept from a CPU",
      value: starvedShare,
      unit: "ratio",
      how: "mean",
      from: "cgroup/throttledPeriods, postgres-processes/cpuWaitMs",
      threshold: REPLAY.starvedShareMin,
    },
    {
      name: "samples that show a pause",
      value: pausedShare,
      unit: "ratio",
      how: "mean",
      from: "pg-recovery",
    },
  ];
}
