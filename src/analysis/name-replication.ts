import { formatDurationMs } from "../lib/units.ts";
import type { PlannedReplication } from "../record/planned-trial.ts";

/** `on, any 1`, `local`. */
export function nameLevel({ commit, method, number }: PlannedReplication): string {
  return method === null ? commit : `${commit}, ${method} ${number}`;
}

/** `on, any 1, 5 ms apart`. */
export function nameReplication(replication: PlannedReplication): string {
  return `${nameLevel(replication)}, ${formatDurationMs(replication.distanceMs)} apart`;
}
