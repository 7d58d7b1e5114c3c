import type { RecoveryKindAnalysis, RecoveryPoint, RecoveryPrediction } from "./model.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";
import type { RecoveryKind } from "../../record/planned-trial.ts";
import type { Estimate } from "../../analysis/model.ts";

export const RECOVERY_NAMES: Readonly<Record<RecoveryKind, string>> = {
  crash: "Crash recovery",
  rebuild: "Rebuild of a replica",
  pitr: "Point-in-time recovery",
};

/** One fact about a kind of recovery, for people. */
export interface RecoveryFact {
  readonly name: string;
  readonly text: string;
}

/** What was measured, what is foretold, how far to trust it, and whether the content was right. */
export function listRecoveryFacts(kind: RecoveryKindAnalysis): RecoveryFact[] {
  const { prediction, because, points, failed } = kind;
  const law = tellLaw(kind);
  return [
    { name: "measured", text: tellMeasured(kind) },
    ...(law === null ? [] : [{ name: "law", text: law }]),
    ...(prediction === null
      ? [{ name: "foretold", text: because }]
      : [
          { name: "foretold", text: tellPrediction(kind.kind, prediction) },
          { name: "trust", text: because },
        ]),
    ...(points.length === 0 ? [] : [{ name: "parts", text: tellParts(points) }]),
    ...tellContent(kind),
    ...failed.map(({ trial, because }) => ({ name: "failed", text: `${trial}: ${because}` })),
  ];
}

/** A row per recovery, the smallest first. */
export function recoveryTableOf({ kind, points }: RecoveryKindAnalysis): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const names = [...new Set(points.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const isPitr = kind === "pitr";
  return {
    columns: [
      kind === "rebuild" ? "copied" : "WAL replayed",
      isPitr ? "start and replay, s" : "whole time, s",
      ...names.map((name) => `${name}, s`),
      ...(isPitr ? ["rows", "spoiled", "wrong or missing after"] : []),
      "validity",
    ],
    rows: points.map(({ bytes, ms, parts, content, validity }) => [
      formatBytes(bytes),
      seconds(ms),
      ...names.map((name) => seconds(parts.find((part) => part.name === name)?.ms ?? null)),
      ...(!isPitr || content === null
        ? []
        : [
            formatNumber(content.rows),
            formatNumber(content.spoiled),
            formatNumber(content.wrong + content.missing + content.added),
          ]),
      validity,
    ]),
  };
}

function tellMeasured({ kind, points }: RecoveryKindAnalysis): string {
  if (points.length === 0) return "No recovery came to its end.";
  const each = points.map(({ bytes, ms }) => `${formatBytes(bytes)} in ${formatDurationMs(ms)}`);
  const what = {
    crash: "WAL to replay, from the kill to the first write",
    rebuild: "copied, until the standby had caught up",
    pitr: "WAL to replay, from the server's start until it took writes; the copy comes on top",
  }[kind];
  return `${each.join(", ")} (${what}).`;
}

/** `0.4 s, and WAL at 85 MB/s (70 MB/s to 110 MB/s).` */
function tellLaw({ kind, line: { fit }, copy }: RecoveryKindAnalysis): string | null {
  if (fit === null || fit.slope <= 0) return null;
  const per = (msPerByte: number) => `${formatBytes(1000 / msPerByte)}/s`;
  const { low, high } = fit.slopeInterval;
  const range = low > 0 ? ` (${per(high)} to ${per(low)})` : "";
  const rate = `${formatDurationMs(Math.max(0, fit.intercept))}, and ${kind === "rebuild" ? "data" : "WAL"} at ${per(fit.slope)}${range}`;
  return copy === null ? `${rate}.` : `${rate}; the copy at ${copyText(copy.bytesPerMs)}.`;
}

function copyText({ value }: Estimate): string {
  return `${formatBytes(value * 1000)}/s`;
}

function tellPrediction(kind: RecoveryKind, prediction: RecoveryPrediction): string {
  const { walBytes, databaseBytes, totalMs, timesBeyond, trust } = prediction;
  const from = [
    ...(walBytes === null ? [] : [`${formatBytes(walBytes)} of WAL`]),
    ...(databaseBytes === null ? [] : [`a database of ${formatBytes(databaseBytes)}`]),
  ].join(" and ");
  const { low, high } = totalMs;
  const interval =
    low === null || high === null
      ? " (no interval)"
      : ` (${formatDurationMs(low)} to ${formatDurationMs(high)})`;
  const beyond =
    timesBeyond > 1 ? `, ${formatNumber(timesBeyond)} times beyond what was measured` : "";
  const note = trust === "wide" ? "; too wide to plan with" : "";
  return `${from}: ${formatDurationMs(totalMs.value)}${interval}${beyond}${note}.${kind === "crash" ? " Starting the server is in it; noticing that it died is not." : ""}`;
}

/** Of the largest: where the time goes. */
function tellParts(points: readonly RecoveryPoint[]): string {
  const { bytes, parts } = points.at(-1)!;
  const told = parts.map(({ name, ms }) => `${name} ${formatDurationMs(ms)}`);
  return `at ${formatBytes(bytes)}: ${told.join(", ")}.`;
}

function tellContent({ points, contentIsRight }: RecoveryKindAnalysis): RecoveryFact[] {
  if (contentIsRight === null) return [];
  const contents = points.flatMap(({ content }) => content ?? []);
  const sum = (read: (content: (typeof contents)[number]) => number) =>
    contents.reduce((total, content) => total + read(content), 0);
  const rows = formatNumber(sum((content) => content.rows));
  const bad = sum(({ wrong, missing, added }) => wrong + missing + added);
  const text = contentIsRight
    ? `right: an UPDATE without WHERE spoiled all ${rows} rows of ${contents.length} recoveries, and each row was again as it was just before it.`
    : `NOT right: ${formatNumber(bad)} of ${rows} rows were wrong, missing or too many after recovery; the UPDATE had spoiled ${formatNumber(sum(({ spoiled }) => spoiled))}.`;
  return [{ name: "content", text }];
}

function seconds(ms: number | null): string {
  return ms === null ? "–" : formatNumber(ms / 1000);
}
