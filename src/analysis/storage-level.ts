import { ratePerS } from "./counters.ts";
import type { Evidence, Series } from "./evidence.ts";
import { type BurstCredits, detectBurstCredits } from "./statistics/burst-credits.ts";
import { meanOf, medianOf } from "./statistics/moments.ts";
import { samplesOf } from "./gauges.ts";

/** Whether the level of throughput fell for good, and how much of it is storage. */
export interface StorageLevel {
  readonly drop: BurstCredits;
  /** Of the rates in `drop`. */
  readonly unit: "bytes of WAL" | "commits";
  /** Share of the active time in storage after the drop; 0 without one. */
  readonly storageShareAfter: number;
  /** Time in storage per commit, after over before; `null` where one is not known. */
  readonly latencyRatio: number | null;
}

const STORAGE_EVENT = /^(?:IO:|LWLock:WALWrite$|.*\/IO:)/i;

/**
 * WAL or commits per second are the work, active sessions per unit of it their time, connected
 * sessions the load on offer. `null` where one of them was not sampled.
 */
export function storageLevel(evidence: Evidence): StorageLevel | null {
  const work = workOf(evidence);
  const waits = evidence.keyed("pg-waits", "sessions");
  if (work === null || waits === null || samplesOf(work.series).length < 3) return null;
  const seconds = secondsOf(work.series);
  const binned = (wanted: (key: string) => boolean) =>
    binOf(
      [...waits].filter(([key]) => wanted(key)).map(([, series]) => series),
      seconds,
    );
  const isClient = (key: string) => !key.includes("/");
  const isIdle = (key: string) => /^(?:idle|starting:|disabled:|Client:ClientRead)/.test(key);
  const active = binned((key) => isClient(key) && !isIdle(key));
  const inStorage = binned((key) => isClient(key) && STORAGE_EVENT.test(key));
  const sessions = binned(isClient);
  const rate = smooth(seconds.map(({ perS }) => perS));
  const perCommit = (busy: readonly (number | null)[]) =>
    busy.map((value, i) => {
      const perS = rate[i] ?? null;
      return value === null || perS === null || perS <= 0 ? null : (value / perS) * 1000;
    });
  const drop = detectBurstCredits({
    rate,
    latencyMs: perCommit(active),
    offered: sessions,
    baselines: [],
  });
  const { unit } = work;
  if (drop.is !== "exhausted") return { drop, unit, storageShareAfter: 0, latencyRatio: null };
  const after = (values: readonly (number | null)[]) => mean(values.slice(drop.atS)) ?? 0;
  const storageMs = perCommit(inStorage);
  const beforeMs = mean(storageMs.slice(0, drop.atS));
  const activeAfter = after(active);
  return {
    drop,
    unit,
    storageShareAfter: activeAfter === 0 ? 0 : after(inStorage) / activeAfter,
    latencyRatio: beforeMs === null || beforeMs <= 0 ? null : after(storageMs) / beforeMs,
  };
}

/** Less WAL than this per second is no measure of the work. */
const WAL_BYTES_PER_S_MIN = 65_536;

/**
 * The position in the WAL is known at once; commits are counted by each session about once a second,
 * and in bursts where it waits for long.
 */
function workOf(evidence: Evidence): { series: Series; unit: StorageLevel["unit"] } | null {
  const wal = evidence.series("pg-wal", "lsnBytes");
  if (wal !== null && (ratePerS(wal) ?? 0) >= WAL_BYTES_PER_S_MIN) {
    return { series: wal, unit: "bytes of WAL" };
  }
  const commits = evidence.series("pg-database", "allCommits");
  return commits === null ? null : { series: commits, unit: "commits" };
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
