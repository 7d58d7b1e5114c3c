import { ceilingsOfTrial, segmentBytesIn, walPerTransaction } from "./analysis/measure-ceilings.ts";
import { analyzeTrial } from "../../analysis/analyze-trial.ts";
import { formatBytes } from "../../lib/units.ts";
import type { StageSteerer, SteerScene, TrialDecision } from "../../steering/stage-steerer.ts";
import type { CeilingsPlan } from "./plan/ceiling-trials.ts";
import { CEILING } from "../../analysis/thresholds.ts";

export const ceilingsSteerer: StageSteerer<CeilingsPlan> = { decide: decideForecast };

/** The rate that outpaces the archive, once its ceiling is known; no trial where none can. */
function decideForecast(
  { stage, forecast, walBytesPerS }: CeilingsPlan,
  { record, done }: SteerScene,
): TrialDecision {
  if (done.some(({ planned }) => planned.ceiling?.of === "forecast")) {
    return { trial: null, because: "The forecast was held against what came." };
  }
  const planned = record.manifest.plan.trials.find(
    (trial) =>
      trial.stage === stage && trial.ceiling?.of === "archive" && trial.ceiling.by === "wal",
  );
  if (planned === undefined) return { trial: null, because: "The archive was not measured." };
  const trial = analyzeTrial(record, planned);
  const [archive] = ceilingsOfTrial(record, trial, segmentBytesIn(record));
  const can = archive === undefined ? null : archive.bytesPerS;
  const each = walPerTransaction(record, trial);
  if (archive?.isLowerBound === true) {
    return { trial: null, because: "The archive kept up with all that was written here." };
  }
  if (can === null || each === null) {
    return { trial: null, because: archive?.because ?? "The archive was not measured." };
  }
  // The best of all exact loads: what one of them met may have slowed it down.
  const loads = done.filter(({ planned }) => planned.ceiling?.by === "wal");
  const fullPerS = each * Math.max(0, ...loads.map(({ throughputTps }) => throughputTps ?? 0));
  const wanted =
    walBytesPerS ??
    Math.min(CEILING.forecastTimes * can, CEILING.forecastShareOfFullSpeed * fullPerS);
  if (wanted < CEILING.forecastAboveMin * can) {
    const because = `The archive can do ${formatBytes(can)}/s: that much more WAL is not to be written here.`;
    return { trial: null, because };
  }
  const rateTps = Math.round((wanted / each) * 10) / 10;
  return {
    trial: { ...forecast, rateTps },
    because: `${formatBytes(wanted)}/s of WAL, against an archive that can do ${formatBytes(can)}/s`,
  };
}
