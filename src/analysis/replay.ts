import { ratePerS } from "./counters.ts";
import type { Evidence, Series } from "./evidence.ts";
import { lastLevel, medianLevel, slopePerS } from "./gauges.ts";
import { type ReplayWork, replayWork, standbyLinks, standbysRead } from "./replication.ts";
import { replayStarvedShare } from "./replay-starved.ts";
import { REPLAY } from "./thresholds.ts";
import { walBytesPerS } from "./wal.ts";

/** Replay on one standby, as the standby shows it, or as its primary does where only that was read. */
export interface Replay {
  /** For people: the standby's name. */
  readonly name: string;
  /** Where it was read; `null` by the primary only. */
  readonly on: string | null;
  /** WAL that is durable there and not replayed; `null` where not known. */
  readonly behindBytes: number | null;
  /** Share of the samples in which that was too much. */
  readonly behindShare: number;
  /** What is not replayed grew all along, by its interval too. */
  readonly isGrowing: boolean;
  /** `behindBytes` as time at the primary's rate. */
  readonly behindMs: number | null;
  readonly replayedPerS: number | null;
  readonly writtenPerS: number | null;
  readonly work: ReplayWork | null;
  /** How far its process is kept from a CPU, see `replayStarvedShare`; `null` where not read. */
  readonly starvedShare: number | null;
  /** Paused at the end, and share of the samples that show a pause. */
  readonly isPaused: boolean;
  readonly pausedShare: number | null;
}

/** Every standby that was read, else every one that the primary sees; `null` where neither was read. */
export function replaysOf(evidence: Evidence): Replay[] | null {
  const standbys = standbysRead(evidence);
  if (standbys.length > 0) return standbys.map((on) => replayOn(evidence, on));
  const links = standbyLinks(evidence);
  if (links === null) return null;
  return links.map((link) => {
    const behind = differ(link.series("replayLagBytes"), link.series("flushLagBytes"));
    const lsn = evidence.series("pg-wal", "lsnBytes");
    const replayed = differ(lsn, link.series("replayLagBytes"));
    return {
      name: link.application,
      on: null,
      ...behindOf(evidence, behind),
      replayedPerS: grownPerS(replayed),
      work: null,
      starvedShare: null,
      isPaused: false,
      pausedShare: null,
    };
  });
}

function replayOn(evidence: Evidence, on: string): Replay {
  const series = (name: "receiveLsnBytes" | "replayLsnBytes" | "pauseState") =>
    evidence.series("pg-recovery", name, on);
  const received = series("receiveLsnBytes");
  const replayed = series("replayLsnBytes");
  const paused = (series("pauseState")?.v ?? []).filter((value) => value !== null);
  return {
    name: on,
    on,
    ...behindOf(evidence, differ(received, replayed)),
    replayedPerS: ratePerS(replayed),
    work: replayWork(evidence, on),
    starvedShare: replayStarvedShare(evidence, on),
    isPaused: (lastLevel(series("pauseState")) ?? 0) >= 2,
    pausedShare:
      paused.length === 0 ? null : paused.filter((value) => value >= 2).length / paused.length,
  };
}

function behindOf(
  evidence: Evidence,
  behind: Series,
): Pick<Replay, "behindBytes" | "behindShare" | "isGrowing" | "behindMs" | "writtenPerS"> {
  const writtenPerS = walBytesPerS(evidence);
  const samples = behind.v.filter((value) => value !== null);
  const tooMuch = Math.max(REPLAY.behindBytesMin, ((writtenPerS ?? 0) * REPLAY.behindMsMin) / 1000);
  const behindBytes = medianLevel(behind);
  const growth = slopePerS(behind);
  return {
    behindBytes,
    isGrowing: growth.is === "slope" && growth.low > 0,
    behindShare:
      samples.length === 0
        ? 0
        : samples.filter((bytes) => bytes >= tooMuch).length / samples.length,
    behindMs:
      behindBytes === null || writtenPerS === null || writtenPerS <= 0
        ? null
        : (behindBytes / writtenPerS) * 1000,
    writtenPerS,
  };
}

/** Two probes make this series, so that it may slip back by what is written between their readings. */
function grownPerS({ t, v }: Series): number | null {
  const first = v.findIndex((value) => value !== null);
  const last = v.findLastIndex((value) => value !== null);
  const elapsedS = ((t[last] ?? 0) - (t[first] ?? 0)) / 1000;
  return first < 0 || elapsedS <= 0 ? null : Math.max(0, v[last]! - v[first]!) / elapsedS;
}

/** Too far behind, and what is replayed is next to nothing of what is written. */
export function standsStill({ behindShare, replayedPerS, writtenPerS }: Replay): boolean {
  if (replayedPerS === null || writtenPerS === null || writtenPerS <= 0) return false;
  return (
    behindShare >= REPLAY.persistentShareMin &&
    replayedPerS <= REPLAY.standingShareMax * writtenPerS
  );
}

/** Less where both have a sample; a series that is missing was 0 all along. */
function differ(a: Series | null, b: Series | null): Series {
  if (a === null) return { t: [], v: [] };
  const at = new Map(b?.t.map((t, i) => [t, b.v[i] ?? null]));
  return {
    t: a.t,
    v: a.v.map((value, i) => {
      const less = b === null ? 0 : (at.get(a.t[i]!) ?? nearest(b, a.t[i]!));
      return value === null || less === null ? null : Math.max(0, value - less);
    }),
  };
}

/** Two probes are read one after the other: up to a second apart is the same reading. */
function nearest({ t, v }: Series, at: number): number | null {
  let best: number | null = null;
  let distanceMs = 1000;
  t.forEach((one, i) => {
    if (Math.abs(one - at) > distanceMs) return;
    distanceMs = Math.abs(one - at);
    best = v[i] ?? null;
  });
  return best;
}
