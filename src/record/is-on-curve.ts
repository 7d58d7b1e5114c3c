import type { PlannedTrial } from "./format.ts";

/** True where a trial measures throughput and latency: neither disturbed nor a calibration. */
export function isOnCurve({ disturbance, calibrates }: PlannedTrial): boolean {
  return disturbance === undefined && calibrates !== true;
}
