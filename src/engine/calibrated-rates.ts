import type { PlannedTrial } from "../record/planned-trial.ts";
import type { LoadInterval } from "../record/load-interval.ts";

/** What calibration trials reached, and the rates of the trials that take a share of it. */
export interface CalibratedRates {
  /** To be told of every interval of every trial. */
  observe(trial: PlannedTrial, interval: LoadInterval): void;
  /** The trial with its rate, where that is a share. @throws where its stage was not calibrated. */
  settle<Trial extends PlannedTrial>(trial: Trial): Trial;
  /** Calibrations that must be done (again, in a resumed run) since a trial to come needs them. */
  isNeeded(calibration: PlannedTrial, left: readonly PlannedTrial[]): boolean;
}

/** Below this an open loop is so slow that nothing of a failover is seen in it. */
const RATE_TPS_MIN = 1;

export function calibratedRates(): CalibratedRates {
  const seen = new Map<
    string,
    { trial: string; startMs: number; transactions: number; coveredMs: number }
  >();
  return {
    observe(trial, { atMs, intervalMs, scripts }) {
      if (!calibrates(trial)) return;
      const key = whatIsCalibrated(trial);
      const sum = seen.get(key) ?? {
        trial: trial.id,
        startMs: atMs - intervalMs,
        transactions: 0,
        coveredMs: 0,
      };
      seen.set(key, sum);
      if (sum.trial !== trial.id) {
        sum.trial = trial.id;
        sum.startMs = atMs - intervalMs;
      }
      if (atMs - intervalMs < sum.startMs + trial.warmupMs) return;
      sum.transactions += scripts.reduce((total, script) => total + script.transactions, 0);
      sum.coveredMs += intervalMs;
    },
    settle(trial) {
      if (trial.rateShare === undefined) return trial;
      const sum = seen.get(whatIsCalibrated(trial));
      if (sum === undefined || sum.coveredMs === 0) {
        throw new Error(`${whatIsCalibrated(trial)} has no calibration before ${trial.id}.`);
      }
      const reachedTps = (sum.transactions * 1000) / sum.coveredMs;
      return {
        ...trial,
        rateTps: Math.max(RATE_TPS_MIN, Math.round(reachedTps * trial.rateShare)),
      };
    },
    isNeeded: (calibration, left) =>
      calibrates(calibration) &&
      calibration.repetition === 1 &&
      !seen.has(whatIsCalibrated(calibration)) &&
      left.some(
        (trial) =>
          trial.rateShare !== undefined &&
          whatIsCalibrated(trial) === whatIsCalibrated(calibration),
      ),
  };
}

/** The undisturbed trials of a surface are a calibration for what is broken at the same point. */
function calibrates({ calibrates, replication, disturbance }: PlannedTrial): boolean {
  return calibrates === true || (replication !== undefined && disturbance === undefined);
}

function whatIsCalibrated({ stage, rateFromStage, point, replication }: PlannedTrial): string {
  return replication === undefined ? `stage ${rateFromStage ?? stage}` : point;
}
