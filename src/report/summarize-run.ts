import { fingerprintsOf } from "../record/fingerprint.ts";
import type { RunManifest, RunStatus } from "../record/format.ts";
import {
  SUMMARY_VERSION,
  type RunSummary,
  type SummaryFinding,
  type SummaryHeadline,
} from "../record/run-summary.ts";
import { formatCount } from "../lib/units.ts";
import { tellDistribution } from "./failover/tell-failover.ts";
import type { ReportModel } from "./model.ts";

/** Of a run that goes on nothing is judged. */
const GOES_ON: readonly RunStatus[] = ["planned", "running"];

/**
 * What lists tell of a run that was judged.
 *
 * @param judgedByVersion of this pgdyno
 */
export function summarizeRun(
  manifest: RunManifest,
  model: ReportModel,
  judgedByVersion: string,
): RunSummary {
  const { run, validity, verdict, verdictBecause, verdictFinding = null } = model;
  const { valid, degraded, invalid } = validity;
  return {
    ...factsOf(manifest),
    endedAtUtc: GOES_ON.includes(run.status)
      ? null
      : new Date(manifest.epochMs + run.durationMs).toISOString(),
    judgedByVersion,
    verdict,
    verdictBecause,
    verdictFinding,
    objectives: model.objectives.map(({ objective, wanted, found, verdict: is, because }) => ({
      objective,
      wanted,
      found,
      verdict: is,
      because,
    })),
    headlines: headlinesOf(model),
    findings: findingsOf(model),
    passed: model.findings.filter((one) => one.verdict === "pass").map(({ id }) => id),
    trials: { planned: manifest.plan.trials.length, valid, degraded, invalid },
  };
}

/** The same of a run that goes on: from its manifest alone. `null` where it has ended. */
export function summarizeGoingOn(manifest: RunManifest): RunSummary | null {
  if (!GOES_ON.includes(manifest.status)) return null;
  return {
    ...factsOf(manifest),
    endedAtUtc: null,
    judgedByVersion: null,
    verdict: "unknown",
    verdictBecause: "The run has not ended.",
    verdictFinding: null,
    objectives: [],
    headlines: [],
    findings: [],
    passed: [],
    trials: { planned: manifest.plan.trials.length, valid: 0, degraded: 0, invalid: 0 },
  };
}

function factsOf(manifest: RunManifest) {
  const { id, name, status, statusBecause, epochMs, pgdynoVersion, server } = manifest;
  return {
    summaryVersion: SUMMARY_VERSION,
    id,
    name,
    status,
    statusBecause,
    startedAtUtc: new Date(epochMs).toISOString(),
    pgdynoVersion,
    postgresqlVersion: server?.version ?? null,
    fingerprints: fingerprintsOf(manifest),
  };
}

function headlinesOf({ headlines, failovers, curves }: ReportModel): SummaryHeadline[] {
  const titleOf = (id: string) => curves.find(({ curve }) => curve === id)?.title ?? id;
  return [
    ...headlines.map(({ curve, throughputTps: { value, low, high, n }, sentence }) => ({
      figure: "throughput" as const,
      of: titleOf(curve),
      unit: "tps" as const,
      value,
      low,
      high,
      n,
      sentence,
    })),
    ...failovers.flatMap(({ what, rtoMs, neverBack }) => {
      if (rtoMs === null) return [];
      const { value, low, high, n } = rtoMs.median;
      const never =
        neverBack === 0
          ? ""
          : ` In ${formatCount(neverBack, "trial")} writes had not resumed when the load ended.`;
      const sentence = `Time without writes after ${what}: ${tellDistribution(rtoMs)}.${never}`;
      return [
        { figure: "rto" as const, of: what, unit: "ms" as const, value, low, high, n, sentence },
      ];
    }),
  ];
}

/** Failed ones in the order of their rank, then those that are undecided. */
function findingsOf({ findings }: ReportModel): SummaryFinding[] {
  const order = ({ rank }: SummaryFinding) => rank ?? Number.MAX_VALUE;
  return findings
    .flatMap(({ id, verdict, rank, at, because }) =>
      verdict === "pass" ? [] : [{ id, verdict, rank, at, because }],
    )
    .toSorted((a, b) => order(a) - order(b));
}
