import { activeSessions, idleShare, sessionsIn } from "./aas.ts";
import { increaseOfAll, ratePerS } from "./counters.ts";
import type { Evidence, Series } from "./evidence.ts";
import { SAMPLES } from "./thresholds.ts";

/** Reads of data blocks that were not in shared buffers. */
export interface BlockReads {
  readonly perS: number;
  /** Mean time of one read; `null` where it can be told neither from timings nor from waits. */
  readonly meanUs: number | null;
  /** `track_io_timing`, or sampled waits over counted reads. */
  readonly isTimed: boolean;
  /** Sessions that wait for a read at a time, and their share of the active ones. */
  readonly waiting: number;
  readonly share: number;
  /** Share of the client sessions that are idle outside a transaction. */
  readonly idleShare: number;
}

/** PostgreSQL 18 lets other processes read: then sessions wait for their answer. */
const READ_EVENTS = ["IO:DataFileRead", "IO:AioIoCompletion", "IO:AioIoUringExecution"];

/** `null` where reads or waits were not sampled. */
export function blockReads(evidence: Evidence): BlockReads | null {
  const active = activeSessions(evidence);
  const perS = ratePerS(evidence.series("pg-database", "allBlocksRead"));
  if (active === null || perS === null) return null;
  const waiting = sessionsIn(active, ...READ_EVENTS);
  const timedUs = timedReadUs(evidence);
  const sampledUs = perS < SAMPLES.readsPerSMin ? null : (waiting / perS) * 1e6;
  return {
    perS,
    meanUs: timedUs ?? sampledUs,
    isTimed: timedUs !== null,
    waiting,
    share: active.total === 0 ? 0 : waiting / active.total,
    idleShare: idleShare(active),
  };
}

function timedReadUs(evidence: Evidence): number | null {
  const ms = ratePerS(evidence.series("pg-database", "blockReadMs"));
  const reads = ratePerS(evidence.series("pg-database", "blocksRead"));
  if (ms !== null && reads !== null && reads >= SAMPLES.readsPerSMin) return (ms / reads) * 1000;
  const byKeyMs = increaseOfAll(relationsOf(evidence, "readMs"));
  const byKey = increaseOfAll(relationsOf(evidence, "reads"));
  return byKeyMs === null || byKey === null || byKey === 0 ? null : (byKeyMs / byKey) * 1000;
}

function relationsOf(evidence: Evidence, name: string): ReadonlyMap<string, Series> | null {
  const keyed = evidence.keyed("pg-io", name);
  return keyed === null ? null : new Map([...keyed].filter(([key]) => key.includes("/relation/")));
}
