import type { Instance } from "../contracts/instance.ts";
import type { Clock } from "../lib/clock.ts";
import type { MonitorSession } from "./monitor-session.ts";
import { withinMs } from "../lib/within.ts";

/** A stretch without an answered read. `endMs: null`: none was answered any more. */
export interface ReadGap {
  readonly startMs: number;
  readonly endMs: number | null;
}

/** What a reader saw between its first and its last read. */
export interface ReadsSeen {
  readonly fromMs: number;
  readonly toMs: number;
  /** Gaps longer than `GAP_MS_MIN`, oldest first. */
  readonly gaps: readonly ReadGap[];
}

interface ReadScene {
  /** Those that a reader may ask, the primary of the beginning first. */
  readonly instances: readonly Instance[];
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** So many reads tell a gap to a twentieth of a second. */
const READ_EVERY_MS = 50;
/** Shorter stretches are the reader's own pace. */
export const GAP_MS_MIN = 2 * READ_EVERY_MS;
/** A reader that got no answer asks another server. */
const ANSWER_MS = 1000;
const RETRY_MS = 10;

/**
 * Reads from any server that answers, as a client does that may read from standbys: it stays with one,
 * the first primary, until that one fails it, and then takes the next.
 *
 * @returns once the signal ends it; `null` where no read was ever answered.
 */
export async function watchReads(scene: ReadScene): Promise<ReadsSeen | null> {
  const { instances, connect, clock, signal } = scene;
  const gaps: ReadGap[] = [];
  let fromMs: number | null = null;
  let lastMs = 0;
  let next = 0;
  let session: MonitorSession | null = null;
  const leave = async () => {
    const left = session;
    session = null;
    next += 1;
    await left?.close().catch(() => undefined); // Frozen: its socket is cut.
  };
  while (!signal.aborted) {
    try {
      session ??= await connect(instances[next % instances.length]!);
      const asked = session;
      await withinMs(ANSWER_MS, () => asked.query("select 1 as one"));
      const now = clock.now();
      if (fromMs !== null && now - lastMs > GAP_MS_MIN) gaps.push({ startMs: lastMs, endMs: now });
      fromMs ??= now;
      lastMs = now;
      await clock.sleep(READ_EVERY_MS, signal).catch(() => undefined); // It is over.
    } catch {
      void leave(); // To the next server; how this one failed is seen as a gap.
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }
  await leave();
  const toMs = clock.now();
  if (fromMs === null) return null;
  if (toMs - lastMs > GAP_MS_MIN) gaps.push({ startMs: lastMs, endMs: null });
  return { fromMs, toMs, gaps };
}
