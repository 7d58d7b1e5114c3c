import type { PlannedTrial } from "./format.ts";

/** True where a trial measures throughput and latency: not disturbed, no calibration, no control, no ceiling, no recovery, and no mere look. */
export function isOnCurve({
  disturbance,
  recovery,
  calibrates,
  observes,
  role,
  ceiling,
}: PlannedTrial): boolean {
  return (
    disturbance === undefined &&
    recovery === undefined &&
    calibrates !== true &&
    observes !== true &&
    role !== "control" &&
    ceiling === undefined
  );
}
