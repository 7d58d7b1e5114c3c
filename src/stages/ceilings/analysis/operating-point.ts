import type { RunRecord } from "../../../record/run-record.ts";
import { evidenceOf } from "../../../analysis/evidence-of-window.ts";
import type { PointAnalysis, TrialAnalysis } from "../../../analysis/model.ts";
import { walBytesPerS } from "../../../analysis/wal.ts";
import type { Analysed } from "../../../analysis/stage-analysis.ts";
import type { OperatingPoint } from "../model.ts";

/** The best point of the run's other stages, or the real load of this one; `null` where neither is known. */
export function operatingPointOf(
  record: RunRecord,
  { curves }: Pick<Analysed, "curves">,
  load: TrialAnalysis | null,
): OperatingPoint | null {
  let best: OperatingPoint | null = null;
  for (const { best: point, title } of curves) {
    if (point === null || point.throughputTps === null) continue;
    const found = pointOf(record, point, `${title}, ${levelOf(point)}`);
    if (found !== null && found.tps > (best?.tps ?? 0)) best = found;
  }
  if (best !== null) return best;
  if (load === null || load.throughputTps === null) return null;
  const from = `the real load of this stage, ${levelOf(load.planned)}, closed loop`;
  return ofTrials(record, [load], load.throughputTps, from);
}

function levelOf({
  clients,
  rateTps,
}: {
  readonly clients: number;
  readonly rateTps: number | null;
}): string {
  const connections = `${clients} ${clients === 1 ? "client" : "clients"}`;
  return rateTps === null ? connections : `${rateTps} tps on ${connections}`;
}

function pointOf(record: RunRecord, point: PointAnalysis, from: string): OperatingPoint | null {
  const usable = point.trials.filter(({ validity }) => validity.is !== "invalid");
  return ofTrials(record, usable, point.throughputTps!.value, from);
}

function ofTrials(
  record: RunRecord,
  trials: readonly TrialAnalysis[],
  tps: number,
  from: string,
): OperatingPoint | null {
  const each = trials.flatMap(({ window, ...trial }) => {
    if (window === null) return [];
    return walBytesPerS(evidenceOf(record, window, { window, ...trial })) ?? [];
  });
  if (each.length === 0 || tps <= 0) return null;
  const bytesPerS = each.reduce((sum, one) => sum + one, 0) / each.length;
  return { tps, walBytesPerS: bytesPerS, walBytesPerTransaction: bytesPerS / tps, from };
}
