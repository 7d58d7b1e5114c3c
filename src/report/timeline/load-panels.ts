import { commonRate } from "../../record/load-kind.ts";
import type { TrialAnalysis, TrialSecond } from "../../analysis/model.ts";
import type { TimelinePanel, TimelineSeries } from "../model.ts";

/** Throughput and latency, second by second, as the load's own clients saw them. */
export function buildLoadPanels(trials: readonly TrialAnalysis[]): TimelinePanel[] {
  const inOrder = trials
    .filter(({ seconds }) => seconds.length > 0)
    .toSorted((a, b) => a.seconds[0]!.atMs - b.seconds[0]!.atMs);
  if (inOrder.length === 0) return [];
  const line = (
    name: string,
    unit: string,
    pick: (second: TrialSecond) => number | null,
  ): TimelineSeries => ({ name, unit, ...joinTrials(inOrder, pick) });
  const rate = commonRate(inOrder.map(({ unit }) => unit));
  const failed = line("failed", rate, ({ failed }) => failed);
  return [
    {
      id: "throughput",
      title: "Throughput",
      unit: rate,
      stacked: false,
      series: [
        ...curvesOf(inOrder).map(({ title, trials }): TimelineSeries => ({
          name: title,
          unit: rate,
          ...joinTrials(trials, ({ tps }) => tps),
        })),
        ...(failed.v.some((x) => x !== null && x > 0) ? [failed] : []),
      ],
    },
    {
      id: "latency",
      title: "Latency",
      unit: "ms",
      stacked: false,
      series: [
        line("p50", "ms", ({ p50Ms }) => p50Ms),
        line("p95", "ms", ({ p95Ms }) => p95Ms),
        line("p99", "ms", ({ p99Ms }) => p99Ms),
      ],
    },
  ];
}

/** Trials by curve, curves in the order of their names, so that colours do not depend on the shuffle. */
function curvesOf(trials: readonly TrialAnalysis[]) {
  const curves = new Map(trials.map(({ planned }) => [planned.curve, planned.curveTitle]));
  return [...curves]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([curve, title]) => ({
      title,
      trials: trials.filter(({ planned }) => planned.curve === curve),
    }));
}

/** The seconds of all trials as one line that breaks between trials. */
function joinTrials(
  trials: readonly TrialAnalysis[],
  pick: (second: TrialSecond) => number | null,
): { t: number[]; v: (number | null)[] } {
  const t: number[] = [];
  const v: (number | null)[] = [];
  for (const { seconds } of trials) {
    for (const second of seconds) {
      t.push(second.atMs);
      v.push(pick(second));
    }
    t.push(seconds.at(-1)!.atMs + 1);
    v.push(null);
  }
  return { t, v };
}
