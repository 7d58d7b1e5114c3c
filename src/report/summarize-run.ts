import { fingerprintsOf } from "../record/fingerprint.ts";
import type { RunManifest, RunStatus } from "../record/format.ts";
import {
  SUMMARY_VERSION,
  type RunSummary,
  type SummaryFinding,
  type SummaryHeadline,
} from "../record/run-summary.ts";
import type { Report } from "./compose-report.ts";
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
  { model, chapters }: Pick<Report, "model" | "chapters">,
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
    headlines: [
      ...headlinesOf(model),
      ...chapters.flatMap(({ sections }) => sections.flatMap(({ headlines = [] }) => headlines)),
    ],
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

function headlinesOf({ headlines, curves }: ReportModel): SummaryHeadline[] {
  const titleOf = (id: string) => curves.find(({ curve }) => curve === id)?.title ?? id;
  return headlines.map(({ curve, throughputTps: { value, low, high, n }, sentence }) => ({
    figure: "throughput",
    of: titleOf(curve),
    unit: "tps",
    value,
    low,
    high,
    n,
    sentence,
  }));
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
