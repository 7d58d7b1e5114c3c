import type { PlannedTrial } from "../../record/planned-trial.ts";
import type { RunRecord } from "../../record/run-record.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import type { Analysed } from "../../analysis/stage-analysis.ts";
import { analyzeDisturbedTrial } from "../../analysis/failover/analyze-disturbed-trial.ts";
import { distributionOf } from "../../analysis/failover/distribution.ts";
import { lossOverTrials } from "../../analysis/failover/loss-over-trials.ts";
import type { FailoverTrial } from "../../analysis/failover/model.ts";
import type { FailoverAnalysis, PhaseOverTrials } from "./model.ts";
import { CONTROLLED_BY } from "../../analysis/failover/phases.ts";

/** Every stage that broke or handed over a primary under load, in the order of the experiment. */
export function analyzeFailovers(record: RunRecord, { trials }: Analysed): FailoverAnalysis[] {
  const disturbed = trials.filter(
    ({ planned }) => planned.disturbance !== undefined && planned.replication === undefined,
  );
  const stages = [...new Set(disturbed.map(({ planned }) => planned.stage))].sort((a, b) => a - b);
  return stages.map((stage) =>
    analyzeStage(
      record,
      disturbed.filter(({ planned }) => planned.stage === stage),
      calibrationFor(stage, trials),
    ),
  );
}

/** Of the stage itself, or of an earlier one with the same load. */
function calibrationFor(stage: number, trials: readonly TrialAnalysis[]): TrialAnalysis | null {
  const own = trials.find(({ planned }) => planned.stage === stage);
  const from = own?.planned.rateFromStage ?? stage;
  return (
    trials.find(({ planned }) => planned.stage === from && planned.calibrates === true) ?? null
  );
}

function analyzeStage(
  record: RunRecord,
  own: readonly TrialAnalysis[],
  calibration: TrialAnalysis | null,
): FailoverAnalysis {
  const { planned } = own[0]!;
  const trials = own.map((trial) => analyzeDisturbedTrial(record, trial));
  const told = trials.filter(({ failedBecause }) => failedBecause === null);
  const of = (valueOf: (trial: FailoverTrial) => number | null) =>
    distributionOf(told.flatMap((trial) => valueOf(trial) ?? []));
  return {
    stage: planned.stage,
    kind: planned.disturbance!.kind,
    what: planned.disturbance!.fault ?? "switchover",
    title: planned.curveTitle,
    clients: planned.clients,
    rateTps: own.find(({ planned }) => planned.rateTps !== null)?.planned.rateTps ?? null,
    calibration: calibrationOf(planned, calibration),
    trials,
    rtoMs: of(({ gap }) => gap?.ms ?? null),
    clientRtoMs: of(({ clientGapMsMax }) => clientGapMsMax),
    fullRecoveryMs: of(({ fullRecovery }) => fullRecovery?.ms ?? null),
    redundancyMs: of(({ redundancyMs }) => redundancyMs),
    readRtoMs: of(({ reads }) => reads?.gapMs ?? null),
    neverBack: told.filter(({ gap }) => gap !== null && gap.endMs === null).length,
    loss: lossOverTrials(told),
    phases: phasesOverTrials(told),
  };
}

function calibrationOf(
  { rateShare, rateFromStage }: PlannedTrial,
  calibration: TrialAnalysis | null,
): FailoverAnalysis["calibration"] {
  if (rateShare === undefined) return null;
  return {
    reachedTps: calibration?.throughputTps ?? null,
    share: rateShare,
    fromStage: rateFromStage ?? null,
  };
}

function phasesOverTrials(trials: readonly FailoverTrial[]): PhaseOverTrials[] {
  const names = Object.keys(CONTROLLED_BY) as (keyof typeof CONTROLLED_BY)[];
  return names.flatMap((name) => {
    const lengths = trials.flatMap(({ phases }) =>
      phases.flatMap((phase) => (phase.name === name ? [phase.endMs - phase.startMs] : [])),
    );
    const found = distributionOf(lengths);
    if (found === null) return [];
    const { median, max } = found;
    return [
      {
        name,
        medianMs: median.value,
        maxMs: max,
        trials: lengths.length,
        controlledBy: CONTROLLED_BY[name],
      },
    ];
  });
}
