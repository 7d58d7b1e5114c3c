import type { StageQuestion } from "../../record/format.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { estimateMean } from "../../analysis/estimates.ts";
import { lineOfLedger, lineOfSeconds } from "../../analysis/failover/acknowledged-line.ts";
import { analyzeDisturbedTrial } from "../../analysis/failover/analyze-disturbed-trial.ts";
import { distributionOf } from "../../analysis/failover/distribution.ts";
import { lossOverTrials } from "../../analysis/failover/loss-over-trials.ts";
import { mergeHistograms, quantilesOf } from "../../analysis/latency-quantiles.ts";
import { NO_LATENCY } from "../../analysis/no-latency.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import { meanOf } from "../../analysis/statistics/moments.ts";
import { histogramsIn } from "../../analysis/trial-seconds.ts";
import type { Analysed } from "../../analysis/stage-analysis.ts";
import { blockedMs } from "./analysis/blocked-time.ts";
import type { SurfaceAnalysis, SurfaceLoss, SurfacePoint } from "./model.ts";

type SurfaceQuestion = Extract<StageQuestion, { kind: "sync-surface" }>;

/** From what promises least to what promises most. */
const COMMITS = ["off", "local", "remote_write", "on", "remote_apply"] as const;

/** Every stage that asked what ways to replicate cost and lose, in the order of the experiment. */
export function analyzeSurfaces(record: RunRecord, { trials }: Analysed): SurfaceAnalysis[] {
  const questions = (record.manifest.plan.questions ?? []).flatMap((question) =>
    question.kind === "sync-surface" ? [question] : [],
  );
  return questions.flatMap((question) => {
    const own = trials.filter(({ planned }) => planned.stage === question.stage);
    return own.length === 0 ? [] : [analyzeSurface(record, question, own)];
  });
}

function analyzeSurface(
  record: RunRecord,
  { stage, title, leftOut }: SurfaceQuestion,
  trials: readonly TrialAnalysis[],
): SurfaceAnalysis {
  const names = [...new Set(trials.map(({ planned }) => planned.point))];
  const points = names
    .map((name) =>
      analyzePoint(
        record,
        trials.filter(({ planned }) => planned.point === name),
      ),
    )
    .sort(inOrder);
  const reference = points[0] === undefined ? null : bestKnown(points[0]);
  return {
    stage,
    title,
    clients: trials[0]!.planned.clients,
    points: points.map((point) => ({ ...point, share: shareOf(point, reference) })),
    leftOut,
  };
}

function shareOf(point: SurfacePoint, reference: number | null): number | null {
  const tps = bestKnown(point);
  return tps === null || reference === null || reference === 0 ? null : tps / reference;
}

/** What may be believed, else what was seen. */
function bestKnown({ throughputTps, seenTps }: SurfacePoint): number | null {
  return throughputTps?.value ?? seenTps;
}

function inOrder({ replication: a }: SurfacePoint, { replication: b }: SurfacePoint): number {
  return (
    a.distanceMs - b.distanceMs ||
    COMMITS.indexOf(a.commit) - COMMITS.indexOf(b.commit) ||
    (a.number ?? 0) - (b.number ?? 0) ||
    (a.method ?? "").localeCompare(b.method ?? "")
  );
}

function analyzePoint(record: RunRecord, all: readonly TrialAnalysis[]): SurfacePoint {
  const { point, replication } = all[0]!.planned;
  const closed = all.filter(({ planned }) => planned.disturbance === undefined);
  const usable = closed.filter(({ validity }) => validity.is !== "invalid");
  const tpsOf = (trials: readonly TrialAnalysis[]) =>
    trials.flatMap(({ throughputTps }) => throughputTps ?? []);
  const brokenBy = (fault: string) =>
    all.filter(({ planned }) => planned.disturbance?.fault === fault);
  return {
    point,
    replication: replication!,
    roundTripMs: roundTripOf(record, all),
    throughputTps: estimateMean(tpsOf(usable)),
    seenTps: meanOf(tpsOf(closed)),
    latency: latencyOf(record, usable.length > 0 ? usable : closed),
    trials: closed.map(({ planned }) => planned.id),
    invalid: closed.length - usable.length,
    share: null,
    failover: lossOf(record, brokenBy("kill-primary")),
    standbyLoss: lossOf(record, brokenBy("stop-standby")),
  };
}

/** As it was measured before any of these trials; the last one where it was measured again. */
function roundTripOf({ events }: RunRecord, trials: readonly TrialAnalysis[]): number | null {
  const { replication } = trials[0]!.planned;
  const same = new Set(trials.map(({ planned }) => planned.id));
  const measured = events.flatMap((event) =>
    event.kind === "replication" && same.has(event.trial) ? (event.roundTripMs ?? []) : [],
  );
  return replication === undefined || measured.length === 0
    ? null
    : measured.toSorted((a, b) => a - b)[Math.floor(measured.length / 2)]!;
}

function latencyOf(record: RunRecord, trials: readonly TrialAnalysis[]) {
  const histograms = trials.flatMap(({ planned, window }) =>
    window === null ? [] : histogramsIn(record.latencies.get(planned.id) ?? [], "latency", window),
  );
  return histograms.length === 0 ? NO_LATENCY : quantilesOf(mergeHistograms(histograms));
}

function lossOf(record: RunRecord, own: readonly TrialAnalysis[]): SurfaceLoss | null {
  if (own.length === 0) return null;
  const trials = own.map((trial) => analyzeDisturbedTrial(record, trial));
  const told = trials.filter(({ failedBecause }) => failedBecause === null);
  return {
    trials,
    rtoMs: distributionOf(told.flatMap(({ gap }) => gap?.ms ?? [])),
    blockedMs: distributionOf(
      told.flatMap(({ trial, disturbedAtMs }) => {
        const planned = own.find((one) => one.planned.id === trial)!;
        return disturbedAtMs === null ? [] : [blockedOf(record, planned, disturbedAtMs)];
      }),
    ),
    loss: lossOverTrials(told),
    failed: own.reduce((sum, { failed }) => sum + failed, 0),
    neverBack: told.filter(({ gap }) => gap !== null && gap.endMs === null).length,
  };
}

function blockedOf(record: RunRecord, trial: TrialAnalysis, faultMs: number): number {
  const ledger = record.ledgers.get(trial.planned.id)?.ledger ?? null;
  const line = ledger === null ? lineOfSeconds(trial.seconds) : lineOfLedger(ledger);
  return blockedMs(line, { steadyFromMs: trial.window?.startMs ?? faultMs, faultMs });
}
