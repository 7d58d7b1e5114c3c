import type { Estimate } from "../../analysis/model.ts";
import type { Finding } from "../../findings/rule.ts";
import { UNIT_WORDS } from "../../record/load-kind.ts";
import { formatDurationMs, formatNumber } from "../../lib/units.ts";
import type { ChapterSection } from "../chapter.ts";
import { loadText } from "../load-text.ts";
import type { Headline, ReportModel } from "../model.ts";
import { count, formatQuantity } from "../phrases.ts";
import { isLowerBound, tellHow } from "../tell-how.ts";
import type { LeadFigure } from "./model.ts";

type Parts = Pick<ReportModel, "headlines" | "curves" | "findings" | "trials">;

/** What the run is about in figures, the first one first; of what was only watched what the first finding rests on. */
export function leadFigures(
  { headlines, curves, findings, trials }: Parts,
  sections: readonly ChapterSection[],
): LeadFigure[] {
  const titleOf = (id: string) => curves.find(({ curve }) => curve === id)?.title ?? id;
  const figures = [
    ...headlines.map((head) => ofHeadline(titleOf(head.curve), head)),
    ...sections.flatMap(({ lead }) => lead ?? []),
  ];
  return trials.length > 0 ? figures : ofFinding(findings.find(({ rank }) => rank === 1));
}

function ofHeadline(title: string, head: Headline): LeadFigure {
  const { throughputTps, p50Ms, p99Ms, sustainable } = head;
  const half = p50Ms === null ? [] : [`p50 ${formatDurationMs(p50Ms)}`];
  const most = p99Ms === null ? [] : [`p99 ${formatDurationMs(p99Ms)}`];
  return {
    of: `${title}, ${loadText(head)}`,
    value: formatNumber(throughputTps.value),
    unit: UNIT_WORDS[head.unit].perSecondLong,
    range: tellRange(throughputTps),
    more: [...half, ...most, ...(sustainable ? ["at a steady level"] : [])],
  };
}

/** The interval where there is one, and what it rests on. */
function tellRange({ low, high, n, method }: Estimate): string {
  if (low === null || high === null) return n === 1 ? "measured once" : method;
  const range = `${formatNumber(low)} to ${formatNumber(high)}`;
  return method.startsWith("95 % t-interval")
    ? `95 % interval ${range}, from ${count(n, "repetition")}`
    : `${range}: ${method}`;
}

/** What it held against a threshold, or its first figure, with what it is. */
function ofFinding(finding: Finding | undefined): LeadFigure[] {
  const figures = finding?.evidence.filter(({ value }) => typeof value === "number") ?? [];
  const item = figures.find(({ threshold }) => threshold !== undefined) ?? figures[0];
  if (finding === undefined || item === undefined || typeof item.value !== "number") return [];
  const [value = "", ...unit] = formatQuantity(item.value, item.unit).split(" ");
  const how = tellHow(item, finding);
  return [
    {
      of: `${item.name[0]!.toUpperCase()}${item.name.slice(1)}`,
      value: isLowerBound(item) ? `≥ ${value}` : value,
      unit: unit.join(" "),
      range: null,
      more: how === "" ? [] : [how],
    },
  ];
}
