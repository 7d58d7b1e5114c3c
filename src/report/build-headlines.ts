import type { CurveAnalysis, PointAnalysis } from "../analysis/model.ts";
import type { Finding } from "../findings/rule.ts";
import { formatNumber } from "../lib/units.ts";
import { UNIT_WORDS } from "../record/load-kind.ts";
import type { RunRecord } from "../record/run-record.ts";
import { loadText } from "./load-text.ts";
import type { Headline } from "./model.ts";
import { formatInterval } from "./phrases.ts";
import { nearestLimitAt } from "./summary/nearest-limit.ts";
import { nothingHeldBack } from "./summary/tell-held-back.ts";

/**
 * The figure of each curve, in the order of the experiment: the highest throughput among points with
 * a trial that is not invalid. It is called sustainable only where its trials were steady.
 */
export function buildHeadlines(
  curves: readonly CurveAnalysis[],
  findings: readonly Finding[],
  record: RunRecord,
): Headline[] {
  return curves.flatMap((curve) => {
    const { best } = curve;
    return best?.throughputTps == null ? [] : [headlineOf(curve, best, findings, record)];
  });
}

function headlineOf(
  curve: CurveAnalysis,
  best: PointAnalysis,
  findings: readonly Finding[],
  record: RunRecord,
): Headline {
  const throughputTps = best.throughputTps!;
  const sustainable = isSteady(best);
  const held = whatHeldBack(curve, best, findings);
  return {
    sentence: `${curve.title} ${sustainable ? "sustained" : "reached"} ${formatInterval(throughputTps)} ${UNIT_WORDS[curve.unit].perSecondLong} at ${loadText(best)}${sustainable ? "" : ", though no steady state was shown"}.`,
    curve: curve.curve,
    unit: curve.unit,
    throughputTps,
    clients: best.clients,
    rateTps: best.rateTps,
    sustainable,
    p50Ms: best.latency.p50Ms,
    p95Ms: best.latency.p95Ms,
    p99Ms: best.latency.p99Ms,
    knee: kneeSentence(curve),
    heldBack: held?.because ?? nothingHeldBack(findings, nearestLimitAt(best, record) ?? undefined),
    heldBackFinding: held?.id ?? null,
  };
}

/** At least half of the repetitions that may be believed. */
function isSteady({ trials }: PointAnalysis): boolean {
  const usable = trials.filter(({ validity }) => validity.is !== "invalid");
  const steady = usable.filter(({ steady }) => steady.is === "steady");
  return usable.length > 0 && steady.length * 2 >= usable.length;
}

function kneeSentence({ knee, points, best }: CurveAnalysis): string {
  if (knee !== null) return `${formatNumber(knee.clients)} clients: ${knee.because}`;
  if (points.length === 1) return "Only one load was measured.";
  return best !== null && points.at(-1)?.point === best.point && points.length > 1
    ? "Not reached: throughput still rose at the last load."
    : "Not found in the loads that were measured.";
}

/** The first in rank among the failed findings that speak of this point, then of this curve. */
function whatHeldBack(
  { title, curve, points }: CurveAnalysis,
  best: PointAnalysis,
  findings: readonly Finding[],
): Finding | undefined {
  const failed = findings
    .filter(({ verdict, isAside }) => verdict === "fail" && isAside !== true)
    .toSorted((a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE));
  const windows = (point: PointAnalysis) => point.trials.flatMap(({ window }) => window ?? []);
  const inside = (spans: ReturnType<typeof windows>) => (finding: Finding) =>
    spans.some(({ startMs, endMs }) => finding.startMs < endMs && finding.endMs > startMs) ||
    (finding.at !== null && (finding.at.startsWith(title) || finding.at.startsWith(curve)));
  return failed.find(inside(windows(best))) ?? failed.find(inside(points.flatMap(windows)));
}
