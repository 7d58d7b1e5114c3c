import type { PlannedTrial } from "./format.ts";

/** True where a trial measures throughput and latency: not disturbed, no calibration and no control. */
export function isOnCurve({ disturbance, calibrates, role }: PlannedTrial): boolean {
  return disturbance === undefined && calibrates !== true && role !== "control";
}
