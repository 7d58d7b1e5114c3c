import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../lib/clock.ts";

/**
 * The machine's monotonic clock.
 *
 * @param epochMs where a resumed run has its zero, in UTC milliseconds; a new run begins now.
 */
export function systemClock(epochMs?: number): Clock {
  const startedAt = performance.now();
  const utcMs = Date.now();
  const already = epochMs === undefined ? 0 : Math.max(0, utcMs - epochMs);
  return {
    epochMs: epochMs ?? utcMs,
    now: () => already + performance.now() - startedAt,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        throw signal?.aborted === true ? signal.reason : error;
      });
    },
  };
}
