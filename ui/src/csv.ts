import type { ReportModel } from "../../src/report/model.ts";

type Cell = string | number | boolean | null | undefined;

/** Rows as RFC 4180 asks; an empty cell is a gap. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows]
    .map((row) => row.map(quote).join(","))
    .join("\r\n")
    .concat("\r\n");
}

function quote(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function trialsCsv({ trials }: ReportModel): string {
  const columns = [
    "trial",
    "curve",
    "point",
    "mode",
    "clients",
    "rate_tps",
    "repetition",
    "window_start_ms",
    "window_end_ms",
    "throughput_tps",
    "count",
    "mean_ms",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "p999_ms",
    "max_ms",
    "failed",
    "skipped",
    "retried",
    "unknown",
    "steady_state",
    "validity",
    "reasons",
  ];
  return toCsv(
    columns,
    trials.map(({ planned, window, latency, ...trial }) => [
      planned.id,
      planned.curve,
      planned.point,
      planned.mode,
      planned.clients,
      planned.rateTps,
      planned.repetition,
      window?.startMs,
      window?.endMs,
      trial.throughputTps,
      latency.count,
      latency.meanMs,
      latency.p50Ms,
      latency.p95Ms,
      latency.p99Ms,
      latency.p999Ms,
      latency.maxMs,
      trial.failed,
      trial.skipped,
      trial.retried,
      trial.unknown,
      trial.steady.is,
      trial.validity.is,
      trial.validity.reasons.map(({ gate, because }) => `${gate}: ${because}`).join(" "),
    ]),
  );
}

export function secondsCsv({ trials }: ReportModel): string {
  const columns = ["trial", "at_ms", "in_window", "tps", "failed", "skipped"];
  return toCsv(
    [...columns, "p50_ms", "p95_ms", "p99_ms", "max_ms"],
    trials.flatMap(({ planned, seconds }) =>
      seconds.map((second) => [
        planned.id,
        second.atMs,
        second.inWindow,
        second.tps,
        second.failed,
        second.skipped,
        second.p50Ms,
        second.p95Ms,
        second.p99Ms,
        second.maxMs,
      ]),
    ),
  );
}

export function timelineCsv({ timeline }: ReportModel): string {
  return toCsv(
    ["panel", "series", "unit", "at_ms", "value"],
    timeline.flatMap(({ id, series }) =>
      series.flatMap(({ name, unit, t, v }) => t.map((at, i) => [id, name, unit, at, v[i]])),
    ),
  );
}
