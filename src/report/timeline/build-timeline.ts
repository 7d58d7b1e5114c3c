import type { Analysis } from "../../analysis/model.ts";
import type { RunRecord } from "../../record/run-record.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";
import { thinSeries } from "../thin-series.ts";
import { buildLoadPanels } from "./load-panels.ts";
import { PANELS, type PanelDefinition, type PanelLine } from "./panel-catalog.ts";
import { instancesOf, ratePerSecond, readLine, scaleLine, sumLines } from "./read-series.ts";
import { buildWaitPanel } from "./wait-panel.ts";

/** Every panel that the record has data for, over one time axis. */
export function buildTimeline(record: RunRecord, analysis: Analysis): TimelinePanel[] {
  return [
    ...buildLoadPanels(analysis.trials),
    ...buildWaitPanel(record, "pg-activity", "sessions"),
    ...PANELS.flatMap((panel) => buildPanel(record, panel)),
  ].map((panel) => ({ ...panel, series: panel.series.map((line) => thinSeries(line)) }));
}

function buildPanel(record: RunRecord, { lines, ...panel }: PanelDefinition): TimelinePanel[] {
  const series = lines.flatMap((line) => buildLines(record, line, panel.unit));
  return series.length === 0 ? [] : [{ ...panel, series }];
}

/** One line per instance; the instance is named only where there are several. */
function buildLines(
  record: RunRecord,
  { name, probe, series, as, factor = 1 }: PanelLine,
  unit: string,
): TimelineSeries[] {
  const instances = instancesOf(record, probe);
  return instances.flatMap(([on, instance]) => {
    const found = series.map((one) => readLine(instance, one)).filter((line) => line !== null);
    const sum = sumLines(found);
    if (sum === null) return [];
    const line = scaleLine(as === "rate" ? ratePerSecond(sum) : sum, factor);
    return [{ name: instances.length > 1 ? `${on}: ${name}` : name, unit, ...line }];
  });
}
