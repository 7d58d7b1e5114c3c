import { ratePerS } from "./counters.ts";
import type { Window } from "./evidence-of-window.ts";
import type { Evidence, Series } from "./evidence.ts";
import { partOf } from "./part-of.ts";
import { detectBurstCredits } from "./statistics/burst-credits.ts";
import { meanOf, medianOf } from "./statistics/moments.ts";
import { finiteOf } from "./statistics/readings.ts";
import { THRESHOLDS } from "./statistics/thresholds.ts";
import { samplesOf } from "./gauges.ts";
import { STORAGE_LEVEL } from "./thresholds.ts";
import { insertedBytesPerS } from "./wal.ts";

/** Whether the level of throughput fell for good, and how much of it is storage. */
export interface StorageLevel {
  readonly fall: Fall | null;
  /** Why there is none, or why none can be told. */
  readonly because: string;
  readonly isUnknown: boolean;
  /** Sessions in storage at a time, of the whole time or of its last third, whichever is more. */
  readonly waiting: number;
  /** Share of the active time in storage after it; 0 without one. */
  readonly storageShareAfter: number;
  /** Sessions in storage per commit, after over before; `null` where one is not known. */
  readonly latencyRatio: number | null;
  /** Commits per second, after over before; WAL may shrink alone, when full-page images end. */
  readonly commitsRatio: number | null;
}

export interface Fall {
  readonly atMs: number;
  readonly before: Level;
  readonly after: Level;
  /** Onto a flat ceiling, as a limit makes it; else only low and lasting. */
  readonly isFlat: boolean;
}

/** What the server did per second in a part of the window; `null` where it was not read. */
export interface Level {
  readonly within: Window;
  readonly commitsPerS: number | null;
  readonly walSyncsPerS: number | null;
  readonly walBytesPerS: number | null;
}

/** A fall of the work that was measured by one series, at the index of one of its seconds. */
interface SeenFall {
  readonly atS: number;
  readonly before: number;
  readonly after: number;
  readonly isFlat: boolean;
}

const STORAGE_EVENT = /^(?:IO:|LWLock:WALWrite$)/i;
const IDLE_STATE = /^(?:idle|starting:|disabled:|Client:ClientRead)/;

/**
 * WAL or commits per second are the work, active sessions per unit of it their time, connected
 * sessions the load on offer. `null` where one of them was not sampled.
 */
export function storageLevel(evidence: Evidence): StorageLevel | null {
  const series = workOf(evidence);
  const waits = evidence.keyed("pg-waits", "sessions");
  if (series === null || waits === null || samplesOf(series).length < STORAGE_LEVEL.samplesMin)
    return null;
  const seconds = secondsOf(series);
  const clients = [...waits].filter(([key]) => !key.includes("/"));
  const binned = (wanted: (key: string) => boolean) =>
    binOf(
      clients.filter(([key]) => wanted(key)).map(([, series]) => series),
      seconds,
    );
  const active = binned((key) => !IDLE_STATE.test(key));
  const inStorage = binned((key) => STORAGE_EVENT.test(key));
  const sessions = binned(() => true);
  const rate = smooth(seconds.map(({ perS }) => perS));
  const latencyMs = active.map((value, i) => {
    const perS = rate[i] ?? null;
    return value === null || perS === null || perS <= 0 ? null : (value / perS) * 1000;
  });
  const drop = detectBurstCredits({ rate, latencyMs, offered: sessions, baselines: [] });
  const seen =
    drop.is === "exhausted"
      ? { atS: drop.atS, before: drop.burstRate, after: drop.baselineRate, isFlat: true }
      : lastingFall(rate, sessions);
  const { because } = drop;
  const isUnknown = drop.is === "unknown";
  const waiting = Math.max(
    mean(inStorage) ?? 0,
    mean(inStorage.slice(Math.floor((inStorage.length * 2) / 3))) ?? 0,
  );
  const none = { storageShareAfter: 0, latencyRatio: null, commitsRatio: null };
  if (seen === null) return { fall: null, because, isUnknown, waiting, ...none };
  const sides = (values: readonly (number | null)[]) =>
    [mean(values.slice(0, seen.atS)) ?? 0, mean(values.slice(seen.atS)) ?? 0] as const;
  const [storageBefore, storageAfter] = sides(inStorage);
  const [, activeAfter] = sides(active);
  const fall = fallOf(evidence, seen, seconds[seen.atS]?.fromMs ?? evidence.startMs);
  const [before, after] = [fall.before.commitsPerS, fall.after.commitsPerS];
  const commitsRatio = before === null || after === null || before <= 0 ? null : after / before;
  return {
    fall,
    because,
    isUnknown,
    waiting,
    storageShareAfter: activeAfter === 0 ? 0 : storageAfter / activeAfter,
    latencyRatio:
      commitsRatio === null || storageBefore <= 0
        ? null
        : storageAfter / storageBefore / Math.max(commitsRatio, 1e-6),
    commitsRatio,
  };
}

/** Both levels in what an owner counts: commits and flushes, not only bytes. */
function fallOf(evidence: Evidence, { isFlat }: SeenFall, atMs: number): Fall {
  const levelIn = (within: Window): Level => {
    const part = partOf(evidence, within);
    return {
      within,
      commitsPerS: ratePerS(part.series("pg-database", "allCommits")),
      walSyncsPerS: ratePerS(part.series("pg-wal", "walSyncs")),
      walBytesPerS: insertedBytesPerS(part),
    };
  };
  const { startMs, endMs } = evidence;
  return {
    atMs,
    before: levelIn({ startMs, endMs: atMs }),
    after: levelIn({ startMs: atMs, endMs }),
    isFlat,
  };
}

/**
 * The part of the window since its level fell for good, where it did: a mean over both levels is that
 * of neither.
 */
export function sinceFall(evidence: Evidence): Evidence {
  const fall = storageLevel(evidence)?.fall ?? null;
  return fall === null ? evidence : partOf(evidence, fall.after.within);
}

/** Nine seconds of ten below half of the former level, to the end, while as many are connected. */
function lastingFall(
  rate: readonly (number | null)[],
  sessions: readonly (number | null)[],
): SeenFall | null {
  const { burstBeforeSMin, burstAfterSMin, burstOfferedShareMax } = THRESHOLDS;
  let deepest: SeenFall | null = null;
  for (let at = burstBeforeSMin; at <= rate.length - burstAfterSMin; at += 1) {
    const before = medianOf(finiteOf(rate.slice(0, at)));
    const later = finiteOf(rate.slice(at)).toSorted((a, b) => a - b);
    const high = later[Math.floor(later.length * STORAGE_LEVEL.lowShareMin)];
    const after = meanOf(later);
    if (
      before === null ||
      after === null ||
      high === undefined ||
      high > STORAGE_LEVEL.fallenToMax * before
    )
      continue;
    if (deepest === null || before - after > deepest.before - deepest.after) {
      deepest = { atS: at, before, after, isFlat: false };
    }
  }
  if (deepest === null) return null;
  const early = medianOf(finiteOf(sessions.slice(0, deepest.atS)));
  const late = medianOf(finiteOf(sessions.slice(deepest.atS)));
  const isSame =
    early !== null && late !== null && Math.abs(late - early) <= burstOfferedShareMax * early;
  return isSame ? deepest : null;
}

/**
 * The position in the WAL is known at once; commits are counted by each session about once a second,
 * and in bursts where it waits for long.
 */
function workOf(evidence: Evidence): Series | null {
  const wal = evidence.series("pg-wal", "lsnBytes");
  const isMuch = wal !== null && (ratePerS(wal) ?? 0) >= STORAGE_LEVEL.walBytesPerSMin;
  return isMuch ? wal : evidence.series("pg-database", "allCommits");
}

/** Medians of three: a single odd second goes, and an edge stays where it is. */
function smooth(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => {
    if (value === null) return null;
    return medianOf(values.slice(Math.max(0, i - 1), i + 2).filter((near) => near !== null));
  });
}

interface Second {
  readonly fromMs: number;
  readonly toMs: number;
  readonly perS: number | null;
}

/** Between each two samples of a counter, its rate; a reset is a gap. */
function secondsOf({ t, v }: Series): Second[] {
  return t.slice(1).map((toMs, i) => {
    const fromMs = t[i]!;
    const [before, after] = [v[i] ?? null, v[i + 1] ?? null];
    const isKnown = before !== null && after !== null && after >= before && toMs > fromMs;
    return { fromMs, toMs, perS: isKnown ? ((after - before) / (toMs - fromMs)) * 1000 : null };
  });
}

/** The mean in each second of the sum of gauges that were sampled together. */
function binOf(gauges: readonly Series[], seconds: readonly Second[]): (number | null)[] {
  return seconds.map(({ fromMs, toMs }) => {
    let sum: number | null = null;
    for (const { t, v } of gauges) {
      const inside = v.filter((value, i) => value !== null && t[i]! >= fromMs && t[i]! < toMs);
      const level = meanOf(inside as readonly number[]);
      if (level !== null) sum = (sum ?? 0) + level;
    }
    return sum;
  });
}

function mean(values: readonly (number | null)[]): number | null {
  return meanOf(values.filter((value) => value !== null));
}
