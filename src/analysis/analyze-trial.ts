import type { Json } from "../record/json.ts";
import { loadKindOf } from "../record/load-kind.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { RunRecord } from "../record/run-record.ts";
import { checkLedger, type LedgerVerdict } from "./check-ledger.ts";
import { evidenceOf, type Window } from "./evidence-of-window.ts";
import { mergeHistograms, quantilesOf } from "./latency-quantiles.ts";
import { NO_LATENCY } from "./no-latency.ts";
import { countIn, type LoadCounts, loadIntervals } from "./load-counts.ts";
import type { LatencyQuantiles, TrialAnalysis } from "./model.ts";
import { auditLittlesLaw } from "./statistics/littles-law.ts";
import { judgeSteadiness } from "./steadiness.ts";
import { trialEvents } from "./trial-events.ts";
import { histogramsIn, trialSeconds } from "./trial-seconds.ts";
import { judgeValidity } from "./validity.ts";

/** Everything that can be said of one trial from the record. */
export function analyzeTrial(record: RunRecord, asPlanned: PlannedTrial): TrialAnalysis {
  const happened = trialEvents(record.events, asPlanned.id);
  const planned = { ...asPlanned, rateTps: asPlanned.rateTps ?? happened.rateTps };
  const { span, window, outcome } = happened;
  const latencies = record.latencies.get(planned.id) ?? [];
  const load = span === null ? [] : loadIntervals(record, span);
  const counts = window === null ? NO_COUNTS : countIn(load, window);
  const windowMs = window === null ? 0 : window.endMs - window.startMs;
  const quantiles = (part: "latency" | "service" | "lag"): LatencyQuantiles =>
    window === null
      ? NO_LATENCY
      : quantilesOf(mergeHistograms(histogramsIn(latencies, part, window)));
  const throughputTps =
    counts.coveredMs > 0 ? counts.transactions / (counts.coveredMs / 1000) : null;
  const latency = quantiles("latency");
  const seconds = trialSeconds(load, latencies, window);
  const measured = seconds.filter(({ inWindow }) => inWindow);
  const isOpen = planned.mode === "open";
  const trial = {
    planned,
    unit: loadKindOf(record.manifest.plan, planned.workload).unit,
    outcome,
    window,
    throughputTps,
    latency,
    service: isOpen ? quantiles("service") : null,
    lag: isOpen ? quantiles("lag") : null,
    failed: Math.round(counts.failed),
    skipped: Math.round(counts.skipped),
    retried: Math.round(counts.retried),
    unknown: Math.round(counts.unknown),
    zeroSeconds: measured.filter(({ tps }) => tps === 0).length,
    throughputTpsMin:
      measured.length === 0
        ? null
        : measured.reduce((least, { tps }) => Math.min(least, tps), Infinity),
    seconds,
    steady: judgeSteadiness(measured),
    littlesLawError: littlesLawError(planned, throughputTps, latency),
    generatorUse: generatorUse(planned, outcome),
    statements: outcome?.statements ?? [],
    ledger: ledgerOf(record, planned.id, span),
  };
  const unjudged: TrialAnalysis = { ...trial, validity: { is: "valid", reasons: [] } };
  const validity = judgeValidity({
    trial,
    evidence: window === null ? null : evidenceOf(record, window, unjudged),
    coveredShare: windowMs > 0 ? Math.min(1, counts.coveredMs / windowMs) : 0,
    quick: record.manifest.plan.quick,
    failedBecause: happened.failedBecause,
    restartsMs: record.events.flatMap((event) =>
      event.kind === "server-restarted" &&
      window !== null &&
      event.atMs >= window.startMs &&
      event.atMs <= window.endMs
        ? [event.atMs]
        : [],
    ),
  });
  return { ...trial, validity };
}

/** The first fault within the trial is what its gap and its losses are counted from. */
function ledgerOf(record: RunRecord, trial: string, span: Window | null): LedgerVerdict | null {
  const source = record.ledgers.get(trial);
  if (source === undefined || span === null) return null;
  const fault = record.events.find(
    (event) =>
      event.kind === "fault" &&
      event.phase === "applied" &&
      event.atMs >= span.startMs &&
      event.atMs <= span.endMs,
  );
  return checkLedger(source.ledger, { faultMs: fault?.atMs ?? null });
}

const NO_COUNTS: LoadCounts = {
  transactions: 0,
  failed: 0,
  skipped: 0,
  retried: 0,
  unknown: 0,
  coveredMs: 0,
};

/** `null` in an open loop, and where clients spend time that is no transaction's: in connecting. */
function littlesLawError(
  { mode, clients, workloadOptions }: PlannedTrial,
  throughputTps: number | null,
  latency: LatencyQuantiles,
): number | null {
  if (mode === "open" || isSet(workloadOptions, "connectPerTransaction")) return null;
  const audit = auditLittlesLaw({ clients, throughputTps, latencyMsMean: latency.meanMs });
  return audit.is === "unknown" ? null : Math.abs(audit.errorShare);
}

/** CPU of the generator over that of its threads at full speed: of the busiest, where there are several. */
function generatorUse(
  { warmupMs, windowMs, cooldownMs }: PlannedTrial,
  outcome: TrialAnalysis["outcome"],
): number | null {
  const loadMs = warmupMs + windowMs + cooldownMs;
  if (outcome === null || loadMs <= 0) return null;
  const uses = (outcome.workers ?? [outcome]).map(({ generatorCpuMs, generatorThreads }) =>
    generatorCpuMs === null ? null : generatorCpuMs / (loadMs * Math.max(1, generatorThreads)),
  );
  const known = uses.filter((use) => use !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function isSet(options: Json, name: string): boolean {
  return (
    typeof options === "object" &&
    options !== null &&
    !Array.isArray(options) &&
    (options as Readonly<Record<string, Json>>)[name] === true
  );
}
