import type { Ceiling, CeilingsAnalysis, PipelineRow } from "./model.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";

/** The WAL's way as a table: a row per station. */
export const PIPELINE_COLUMNS = [
  "station",
  "comes",
  "can do",
  "comes, tps",
  "can do, tps",
  "headroom",
  "what overflows, and when",
] as const;

export function pipelineRow(row: PipelineRow): string[] {
  const { station, bytesPerS, ceilingBytesPerS, tps, ceilingTps, isLowerBound } = row;
  const bound = isLowerBound ? "≥ " : "";
  return [
    station,
    bytesPerS === null ? "–" : `${formatBytes(bytesPerS)}/s`,
    ceilingBytesPerS === null ? "–" : `${bound}${formatBytes(ceilingBytesPerS)}/s`,
    tps === null ? "–" : formatNumber(tps),
    ceilingTps === null ? "–" : `${bound}${formatNumber(ceilingTps)}`,
    headroomText(row),
    row.overflow,
  ];
}

function headroomText({ headroomShare, isLowerBound }: PipelineRow): string {
  if (headroomShare === null) return "not known";
  const percent = `${formatNumber(headroomShare * 100)} %`;
  return isLowerBound ? `≥ ${percent}` : percent;
}

/** Every ceiling that was measured, and how. */
export const CEILING_COLUMNS = [
  "measured alone",
  "on",
  "load",
  "rate",
  "segments/s",
  "tps",
  "how",
] as const;

export function ceilingRow(ceiling: Ceiling): string[] {
  const { of, on, by, bytesPerS, segmentsPerS, tps, isLowerBound, because, under } = ceiling;
  const bound = isLowerBound ? "≥ " : "";
  return [
    { archive: "archive", network: "stream", replay: "replay" }[of],
    under === null ? on : `${on}, ${under}`,
    by === "wal" ? "WAL of exact size" : "the real load",
    bytesPerS === null ? "not known" : `${bound}${formatBytes(bytesPerS)}/s`,
    segmentsPerS === null ? "–" : formatNumber(segmentsPerS),
    tps === null ? "–" : `${bound}${formatNumber(tps)}`,
    because,
  ];
}

/** `tpcb-like, 8 clients`: what the stage is about. */
export function titleOfCeilings({ title, clients }: CeilingsAnalysis): string {
  return `${title}, ${clients} ${clients === 1 ? "client" : "clients"}`;
}

/** What a reader wants to know first. */
export function sustainableText({ sustainable, operating }: CeilingsAnalysis): string {
  if (sustainable !== null) return sustainable.sentence;
  return operating === null
    ? "What is sustainable is not known: the real load gave no figures."
    : "What is sustainable is not known: no station of the WAL was measured.";
}

/** Where the rates of the table come from. */
export function operatingText({ operating }: CeilingsAnalysis): string | null {
  if (operating === null) return null;
  const { tps, walBytesPerS, walBytesPerTransaction, from } = operating;
  return `What comes is that of ${from}: ${formatNumber(tps)} tps, ${formatBytes(walBytesPerS)}/s of WAL, ${formatBytes(walBytesPerTransaction)} per transaction.`;
}

/** The backlog's forecast against what came, or why there is none; `null` where nothing is archived. */
export function forecastText({ forecast, forecastBecause }: CeilingsAnalysis): string | null {
  if (forecast !== null) return forecast.sentence;
  return forecastBecause === null ? null : `No backlog was forecast. ${forecastBecause}`;
}

/** For a terminal: few lines. */
export function tellShort(ceilings: CeilingsAnalysis): string[] {
  const stations = ceilings.pipeline.flatMap(({ station, ceilingTps, isLowerBound }) =>
    ceilingTps === null
      ? []
      : [`${station} ${isLowerBound ? "≥ " : ""}${formatNumber(ceilingTps)} tps`],
  );
  const { forecast } = ceilings;
  return [
    sustainableText(ceilings),
    ...(stations.length === 0 ? [] : [`can do: ${stations.join("; ")}.`]),
    ...(forecast === null
      ? []
      : [
          `backlog: ${formatBytes(forecast.predictedBytes)} forecast over ${formatDurationMs(forecast.overMs)}, ${formatBytes(forecast.seenBytes)} came.`,
        ]),
  ];
}
