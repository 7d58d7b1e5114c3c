import type { PlannedTrial } from "./format.ts";

/** True where a trial measures throughput and latency: not disturbed, no calibration, no control, no ceiling, and no mere look. */
export function isOnCurve({
  disturbance,
  calibrates,
  observes,
  role,
  ceiling,
}: PlannedTrial): boolean {
  return (
    disturbance === undefined &&
    calibrates !== true &&
    observes !== true &&
    role !== "control" &&
    ceiling === undefined
  );
}
