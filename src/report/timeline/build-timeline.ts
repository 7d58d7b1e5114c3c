import type { Analysis } from "../../analysis/model.ts";
import type { RunRecord } from "../../record/run-record.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";
import { thinSeries } from "../thin-series.ts";
import { buildBacklogPanel } from "./backlog-panel.ts";
import { buildLagPanels } from "./lag-panels.ts";
import { averageGroups } from "./average-groups.ts";
import { buildLoadPanels } from "./load-panels.ts";
import { PANELS, type PanelDefinition, type PanelLine } from "./panel-catalog.ts";
import { instancesOf, ratePerSecond, readLines, scaleLine, sumLines } from "./read-series.ts";
import { buildWaitPanel } from "./wait-panel.ts";

/** Every panel that the record has data for, over one time axis. */
export function buildTimeline(record: RunRecord, analysis: Analysis): TimelinePanel[] {
  return [
    ...buildLoadPanels(analysis.trials),
    ...buildWaitPanel(record),
    ...buildLagPanels(record),
    ...buildBacklogPanel(record, analysis),
    ...PANELS.flatMap((panel) => buildPanel(record, panel)),
  ].map((panel) => ({
    ...panel,
    series: panel.stacked
      ? averageGroups(panel.series)
      : panel.series.map((line) => thinSeries(line)),
  }));
}

function buildPanel(record: RunRecord, { lines, ...panel }: PanelDefinition): TimelinePanel[] {
  const series = lines.flatMap((line) => buildLines(record, line, panel.unit));
  // Two ways to read one thing, by version: the first that is there is taken.
  const named = series.filter(({ name }, i) => series.findIndex((s) => s.name === name) === i);
  return named.length === 0 ? [] : [{ ...panel, series: named }];
}

function cpusOf({ manifest: { machine, hosts } }: RunRecord, on: string): number {
  const host = hosts?.find(({ name }) => name === on)?.facts?.machine;
  return (host ?? machine)?.cpuCount ?? 1;
}

/** One line per instance; the instance is named only where there are several. */
function buildLines(
  record: RunRecord,
  { name, probe, series, as, keys }: PanelLine,
  unit: string,
): TimelineSeries[] {
  const instances = instancesOf(record, probe);
  return instances.flatMap(([on, instance]) => {
    const sum = sumLines(series.flatMap((one) => readLines(instance, one, keys)));
    if (sum === null) return [];
    const cpus = cpusOf(record, on);
    const line =
      as === "level"
        ? sum
        : scaleLine(ratePerSecond(sum), as === "cpu-share" ? 1 / (1000 * cpus) : 1);
    return [{ name: instances.length > 1 ? `${on}: ${name}` : name, unit, ...line }];
  });
}
