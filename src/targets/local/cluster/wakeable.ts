import type { Clock } from "../../../lib/clock.ts";

/** A pause that somebody else can cut short. */
export interface Wakeable {
  /** Returns after `ms`, or as soon as `wake` is called, or was since the last pause. */
  pause(ms: number): Promise<void>;
  wake(): void;
}

export function wakeable(clock: Clock): Wakeable {
  let isWoken = false;
  let rouse: AbortController | null = null;
  return {
    async pause(ms) {
      if (!isWoken) {
        rouse = new AbortController();
        await clock.sleep(ms, rouse.signal).catch(() => undefined); // Woken: that is no error.
        rouse = null;
      }
      isWoken = false;
    },
    wake() {
      isWoken = true;
      rouse?.abort();
    },
  };
}
