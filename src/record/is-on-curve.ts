import type { PlannedTrial } from "./planned-trial.ts";

/** True where a trial measures throughput and latency: not disturbed, no calibration, no control, no ceiling, no recovery, and no first look. */
export function isMeasuring({
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
    role !== "first-look" &&
    ceiling === undefined
  );
}

/** True where it does so on a curve of its own: a surface's trials stand in one table together. */
export function isOnCurve(trial: PlannedTrial): boolean {
  return isMeasuring(trial) && trial.replication === undefined;
}
