import type { Evidence, Series } from "./evidence.ts";
import { meanLevel, minLevel, samplesOf } from "./gauges.ts";
import { SAMPLES, SESSIONS_AT_WORK_MIN } from "./thresholds.ts";

/**
 * Average active sessions: how many client sessions ran a statement at a time, and what they did.
 *
 * It is a mean over snapshots, so it is time: a share of it is a share of the time of the load.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE
 */
export interface ActiveSessions {
  readonly total: number;
  /** Of each `Type:Event`, and of `CPU*`: on a CPU, waiting for one, or in something unnamed. */
  readonly byEvent: ReadonlyMap<string, number>;
  /** Connected sessions that wait for their client's next statement, outside and in a transaction. */
  readonly idle: number;
  readonly idleInTransaction: number;
  /** Of the idle ones so many in every snapshot: spare connections of a pool, which no load uses. */
  readonly resting: number;
  /** Snapshots behind the means. */
  readonly samples: number;
}

/** `null` where waits were not sampled, or too seldom to speak of shares. */
export function activeSessions(evidence: Evidence, on?: string): ActiveSessions | null {
  const keyed = evidence.keyed("pg-waits", "sessions", on);
  if (keyed === null) return null;
  const samples = Math.max(0, ...[...keyed.values()].map((series) => samplesOf(series).length));
  if (samples < SAMPLES.waitsMin) return null;
  const byEvent = new Map<string, number>();
  let idle = 0;
  let idleInTransaction = 0;
  let resting = 0;
  for (const [key, series] of keyed) {
    const sessions = meanLevel(series) ?? 0;
    if (key.startsWith("idle in transaction")) idleInTransaction += sessions;
    // Between the messages of one statement a session counts as active, but it is its client's turn.
    else if (key.startsWith("idle:") || key === "Client:ClientRead") {
      idle += sessions;
      resting += minLevel(series) ?? 0;
    } else if (isActive(key)) byEvent.set(key, sessions);
  }
  const total = [...byEvent.values()].reduce((sum, value) => sum + value, 0);
  return { total, byEvent, idle, idleInTransaction, resting, samples };
}

/**
 * Sessions in any of these events; `Lock:` with its colon stands for the whole class.
 *
 * Case is not looked at: PostgreSQL 17 spells `WALSync` of earlier versions `WalSync`.
 */
export function sessionsIn({ byEvent }: ActiveSessions, ...events: readonly string[]): number {
  const wanted = events.map((event) => event.toLowerCase());
  let sessions = 0;
  for (const [key, value] of byEvent) {
    const event = key.toLowerCase();
    if (wanted.some((e) => event === e || (e.endsWith(":") && event.startsWith(e)))) {
      sessions += value;
    }
  }
  return sessions;
}

/** Share of the active time, 0 to 1; 0 where nothing was active. */
export function shareIn(active: ActiveSessions, ...events: readonly string[]): number {
  return active.total === 0 ? 0 : sessionsIn(active, ...events) / active.total;
}

/** Connected sessions but for those that rest all along; all of them where hardly any other is left. */
export function sessionsAtWork(active: ActiveSessions): number {
  const sessions = active.total + active.idle + active.idleInTransaction;
  const atWork = sessions - active.resting;
  return atWork >= SESSIONS_AT_WORK_MIN ? atWork : sessions;
}

/**
 * Share of the sessions at work that are idle outside a transaction, 0 to 1: clients of a closed loop
 * hardly pause, those that have what they want do. 0 without sessions.
 */
export function idleShare(active: ActiveSessions): number {
  const sessions = sessionsAtWork(active);
  return sessions === 0 ? 0 : 1 - (active.total + active.idleInTransaction) / sessions;
}

/** How long a background process (`archiver`, `startup`) was in an event: 0 to 1 of the time. */
export function shareOfProcess(
  evidence: Evidence,
  process: string,
  event: string,
  on?: string,
): number | null {
  const keyed = evidence.keyed("pg-waits", "sessions", on);
  if (keyed === null) return null;
  const own = [...keyed].filter(([key]) => key.startsWith(`${process}/`));
  const total = own.reduce((sum, [, series]) => sum + sumOf(series), 0);
  if (total === 0) return null;
  const inEvent = own
    .filter(([key]) => key.toLowerCase() === `${process}/${event}`.toLowerCase())
    .reduce((sum, [, series]) => sum + sumOf(series), 0);
  return inEvent / total;
}

function sumOf(series: Series): number {
  return samplesOf(series).reduce((sum, value) => sum + value, 0);
}

/** A running statement has no process and no idle state in front. */
function isActive(key: string): boolean {
  return (
    !key.includes("/") &&
    !key.startsWith("idle") &&
    !key.startsWith("starting:") &&
    !key.startsWith("disabled:")
  );
}
