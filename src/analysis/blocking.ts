import type { Window } from "./evidence-of-window.ts";
import type { Evidence, Series } from "./evidence.ts";
import { sumOfKeys } from "./gauges.ts";

/** Readings in a row in which a session held others up, all in one transaction. */
interface Turn {
  readonly blockedMax: number;
  readonly blockedMean: number;
  /** From the first one's wait, by the server's clock, to the moment in which they went on. */
  readonly waitMs: number;
  /** Of its transaction until then; `null` where it has none that is known. */
  readonly xactMs: number | null;
  /** It held them up to the end of the window, or when it let go was not seen. */
  readonly isAtLeast: boolean;
  /** The part of the window in which it did. */
  readonly within: Window;
}

/** A session that others waited for, in the longest of its turns. */
export interface Blocker extends Turn {
  readonly pid: string;
  /** Time that others spent behind it in the window, summed over them, in all its turns. */
  readonly lostMs: number;
  /** The process that it waited for itself; `null` for a root. */
  readonly waitsFor: string | null;
}

/** Every session that held others up; `null` where blockers were not read. */
export function blockersOf(evidence: Evidence): Blocker[] | null {
  const blocked = evidence.keyed("pg-blocking", "blocked");
  if (blocked === null) return null;
  return [...blocked].flatMap(([pid, series]) => {
    const turns = turnsOf(evidence, pid, series);
    const longest = turns.reduce<Turn | null>(
      (most, one) => (most === null || one.waitMs > most.waitMs ? one : most),
      null,
    );
    if (longest === null) return [];
    const waitsFor = (evidence.keyed("pg-blocking", "waitsForPid")?.get(pid)?.v ?? []).find(
      (value) => value !== null && value > 0,
    );
    const lostMs = turns.reduce(
      (sum, { within, blockedMean }) => sum + blockedMean * (within.endMs - within.startMs),
      0,
    );
    return [{ pid, ...longest, lostMs, waitsFor: waitsFor == null ? null : String(waitsFor) }];
  });
}

function turnsOf(evidence: Evidence, pid: string, blocked: Series): Turn[] {
  const gaugeOf = (name: string) => evidence.keyed("pg-blocking", name)?.get(pid)?.v ?? [];
  const waits = gaugeOf("longestWaitMs");
  const ages = gaugeOf("xactAgeMs");
  const turns: Turn[] = [];
  let run: number[] = [];
  const end = (next: number | null) => {
    if (run.length > 0) turns.push(turnOf({ evidence, blocked, waits, ages, run, next }));
    run = [];
  };
  blocked.v.forEach((value, i) => {
    if (value === null) return;
    const last = run.at(-1);
    // A younger transaction is another one, in which it holds them up again.
    const isAnother = last !== undefined && (ages[i] ?? 0) < (ages[last] ?? 0);
    if (value === 0 || isAnother) end(i);
    if (value > 0) run.push(i);
  });
  end(null);
  return turns;
}

function turnOf(about: {
  readonly evidence: Evidence;
  readonly blocked: Series;
  readonly waits: readonly (number | null)[];
  readonly ages: readonly (number | null)[];
  readonly run: readonly number[];
  /** The reading after it; `null` where there was none. */
  readonly next: number | null;
}): Turn {
  const { evidence, blocked, waits, ages, run, next } = about;
  const [first, last] = [run[0]!, run.at(-1)!];
  const lastMs = blocked.t[last]!;
  const sessions = run.map((i) => blocked.v[i]!);
  const endedMs =
    next === null ? null : letGoMs(evidence, lastMs, blocked.t[next]!, sessions.at(-1)!);
  const endMs = endedMs ?? lastMs;
  const until = (value: number | null | undefined) =>
    value === null || value === undefined ? 0 : value + endMs - lastMs;
  const age = ages[last] ?? null;
  return {
    blockedMax: Math.max(...sessions),
    blockedMean: sessions.reduce((sum, value) => sum + value, 0) / sessions.length,
    waitMs: Math.max(until(waits[last]), ...run.map((i) => waits[i] ?? 0)),
    xactMs: age === null ? null : until(age),
    isAtLeast: endedMs === null,
    within: {
      startMs: Math.max(evidence.startMs, blocked.t[first]! - (waits[first] ?? 0)),
      endMs: Math.min(evidence.endMs, endMs),
    },
  };
}

/**
 * When those who waited went on, between two readings: blockers are read about once a second, what
 * sessions wait for ten times as often. `null` where that was not read.
 */
function letGoMs(evidence: Evidence, fromMs: number, toMs: number, blocked: number): number | null {
  const keyed = evidence.keyed("pg-waits", "sessions");
  const waiting = keyed && sumOfKeys(keyed, (key) => key.startsWith("Lock:"));
  if (waiting === null) return null;
  const before = waiting.t.findLastIndex((t) => t <= fromMs);
  const level = waiting.v[before] ?? null;
  if (level === null) return null;
  // Half of them are gone: others may wait for something else all the time.
  const gone = level - Math.min(level, blocked) / 2;
  let seenMs = fromMs;
  for (let i = before + 1; i < waiting.t.length; i += 1) {
    const [t, value] = [waiting.t[i]!, waiting.v[i] ?? null];
    if (t >= toMs) break;
    if (value === null) continue;
    if (value <= gone) return (seenMs + t) / 2;
    seenMs = t;
  }
  return (seenMs + toMs) / 2;
}
