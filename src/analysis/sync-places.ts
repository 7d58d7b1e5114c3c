import type { Series } from "./evidence.ts";
import type { StandbyLink } from "./replication.ts";

/** Where the delay of a commit that waits for a standby comes from. */
export type SyncCause = "network" | "standby-disk" | "replay";

/** Share of the readings in which the oldest commit that waits stood at each part of its way. */
export type SyncPlaces = Readonly<Record<SyncCause, number>>;

/**
 * Where commits stand while they wait, by the positions that the standby has confirmed: WAL that was
 * sent and not written there is on the way, WAL that was written and not flushed at the standby's disk,
 * WAL that was flushed and not replayed at its replay.
 *
 * Unlike the lag columns these are of the instant at which they are read, and they are read too often
 * to miss where most of the time goes. `null` where no reading shows anything that waits.
 */
export function syncPlaces(link: StandbyLink, mode: string | null): SyncPlaces | null {
  const [sent, write, flush, replay] = (
    ["sentLagBytes", "writeLagBytes", "flushLagBytes", "replayLagBytes"] as const
  ).map((name) => link.series(name));
  const all = [sent, write, flush, replay].find((series) => series != null);
  const counts: Record<SyncCause, number> = { network: 0, "standby-disk": 0, replay: 0 };
  const readings = all?.v.filter((value) => value !== null).length ?? 0;
  for (const i of all?.v.keys() ?? []) {
    if (all?.v[i] == null) continue;
    const behind = {
      sent: levelAt(sent, i),
      write: levelAt(write, i),
      flush: levelAt(flush, i),
      replay: levelAt(replay, i),
    };
    const place = placeOf(behind, mode);
    if (place !== null) counts[place] += 1;
  }
  const seen = counts.network + counts["standby-disk"] + counts.replay;
  if (seen === 0) return null;
  return {
    network: counts.network / readings,
    "standby-disk": counts["standby-disk"] / readings,
    replay: counts.replay / readings,
  };
}

interface Behind {
  readonly sent: number;
  readonly write: number;
  readonly flush: number;
  readonly replay: number;
}

/** The oldest WAL that is not confirmed is the furthest along: it is looked for from the end of the way. */
function placeOf({ sent, write, flush, replay }: Behind, mode: string | null): SyncCause | null {
  if (mode === "remote_apply" && replay > flush) return "replay";
  if (mode !== "remote_write" && flush > write) return "standby-disk";
  return write > sent ? "network" : null;
}

/** A level that was 0 all along is no series of its own. */
function levelAt(series: Series | null | undefined, i: number): number {
  return series?.v[i] ?? 0;
}
