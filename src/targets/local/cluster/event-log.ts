import type { ClusterEvent } from "../../../contracts/cluster.ts";
import type { Clock } from "../../../lib/clock.ts";

/** What happened, for those who listen and for those who ask later. */
export interface EventLog {
  tell(event: Omit<ClusterEvent, "atMs">): void;
  all(): readonly ClusterEvent[];
  listen(listener: (event: ClusterEvent) => void): () => void;
}

export function eventLog(clock: Clock): EventLog {
  const events: ClusterEvent[] = [];
  const listeners = new Set<(event: ClusterEvent) => void>();
  return {
    tell(event) {
      const timed = { ...event, atMs: clock.now() };
      events.push(timed);
      for (const listener of listeners) listener(timed);
    },
    all: () => events,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
