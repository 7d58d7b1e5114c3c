import type { PlannedTrial } from "../record/format.ts";
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
  const seen = new Map<number, { startMs: number; transactions: number; coveredMs: number }>();
  return {
    observe(trial, { atMs, intervalMs, scripts }) {
      if (trial.calibrates !== true) return;
      const sum = seen.get(trial.stage) ?? {
        startMs: atMs - intervalMs,
        transactions: 0,
        coveredMs: 0,
      };
      seen.set(trial.stage, sum);
      if (atMs - intervalMs < sum.startMs + trial.warmupMs) return;
      sum.transactions += scripts.reduce((total, script) => total + script.transactions, 0);
      sum.coveredMs += intervalMs;
    },
    settle(trial) {
      if (trial.rateShare === undefined) return trial;
      const sum = seen.get(trial.stage);
      if (sum === undefined || sum.coveredMs === 0) {
        throw new Error(`Stage ${trial.stage} has no calibration before ${trial.id}.`);
      }
      const reachedTps = (sum.transactions * 1000) / sum.coveredMs;
      return {
        ...trial,
        rateTps: Math.max(RATE_TPS_MIN, Math.round(reachedTps * trial.rateShare)),
      };
    },
    isNeeded: (calibration, left) =>
      calibration.calibrates === true &&
      !seen.has(calibration.stage) &&
      left.some(({ stage, rateShare }) => stage === calibration.stage && rateShare !== undefined),
  };
}
