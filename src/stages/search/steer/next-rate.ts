import type { ProbeVerdict } from "../analysis/judge-probe.ts";
import { bracketOf, settleRates } from "../analysis/settle-rates.ts";
import { bestRung, nextUnseenRung, seenRungs, type ClimbedRung } from "../../../steering/climb.ts";
import { SEARCH_THRESHOLDS } from "../../../analysis/search/thresholds.ts";

export interface RatePlan {
  /** Rungs of the closed loop that gives the peak. */
  readonly clients: readonly number[];
  /** First rate; `null` takes half of the peak. */
  readonly startTps: number | null;
  readonly precisionShare: number;
  readonly trialsMax: number;
  readonly budgetMs: number | null;
  /** What a probe and the long window take. */
  readonly probeMs: number;
  readonly confirmMs: number;
}

export interface RateHistory {
  readonly closed: readonly ClimbedRung[];
  /** In the order in which they ran. */
  readonly probes: readonly ProbeVerdict[];
  readonly spentMs: number;
}

export type RateStep =
  | { readonly is: "closed"; readonly clients: number; readonly because: string }
  | {
      readonly is: "open";
      readonly clients: number;
      readonly rateTps: number;
      readonly role: "probe" | "confirm" | "margin";
      readonly because: string;
    }
  | { readonly is: "done"; readonly because: string };

/**
 * What to measure next on the way to the largest rate that holds: the peak of the closed loop by
 * climbing, a bracket by doubling or halving, its bisection, a long window at the result, and one
 * window below it.
 */
export function nextRate(plan: RatePlan, history: RateHistory): RateStep {
  const step = wantedStep(plan, history);
  if (step.is === "done") return step;
  const trials = history.probes.length + countOf(history.closed);
  if (trials >= plan.trialsMax) {
    return { is: "done", because: `${plan.trialsMax} trials are the limit.` };
  }
  const isLong = step.is === "open" && step.role === "confirm";
  const takesMs = isLong ? plan.confirmMs : plan.probeMs;
  if (plan.budgetMs !== null && history.spentMs + takesMs > plan.budgetMs) {
    return { is: "done", because: "One more trial does not fit into the time budget." };
  }
  return step;
}

function wantedStep(plan: RatePlan, { closed, probes }: RateHistory): RateStep {
  const unseen = nextUnseenRung(plan.clients, closed);
  if (unseen !== null) {
    return { is: "closed", clients: unseen, because: "Looks for the peak of the closed loop." };
  }
  const peak = bestRung(seenRungs(closed));
  if (peak === null && plan.startTps === null) {
    return { is: "done", because: "The closed loop gave no figures to begin with." };
  }
  const clients = peak?.clients ?? Math.max(...plan.clients);
  const first = roundRate(plan.startTps ?? peak!.mean / 2);
  const open = (
    rateTps: number,
    role: "probe" | "confirm" | "margin",
    because: string,
  ): RateStep => ({ is: "open", clients, rateTps, role, because });
  const rates = settleRates(probes);
  const unsettled = rates.find(({ is }) => is === "unknown");
  if (unsettled !== undefined) {
    const { role } = probes.findLast(({ rateTps }) => rateTps === unsettled.rateTps)!;
    return open(unsettled.rateTps, role, `Once more: ${unsettled.because}`);
  }
  const { held, failed } = bracketOf(rates);
  if (held === null && failed === null) return open(first, "probe", "The first rate.");
  if (failed === null) return open(roundRate(held!.rateTps * 2), "probe", "Held: twice as much.");
  if (held === null) {
    const half = roundRate(failed.rateTps / 2);
    return half < first / 2 ** SEARCH_THRESHOLDS.halvingsMax
      ? { is: "done", because: `Not even ${failed.rateTps} tps held: ${failed.because}` }
      : open(half, "probe", `Did not hold: half as much. ${failed.because}`);
  }
  const middle = roundRate((held.rateTps + failed.rateTps) / 2);
  const isNarrow =
    (failed.rateTps - held.rateTps) / held.rateTps <= plan.precisionShare ||
    middle <= held.rateTps ||
    middle >= failed.rateTps;
  if (!isNarrow) {
    return open(middle, "probe", `Between ${held.rateTps} and ${failed.rateTps} tps.`);
  }
  if (!held.isConfirmed) return open(held.rateTps, "confirm", "A long window at the result.");
  const below = roundRate(held.rateTps * SEARCH_THRESHOLDS.marginShare);
  if (!probes.some(({ role, rateTps }) => role === "margin" && rateTps === below)) {
    return open(below, "margin", `Once at ${SEARCH_THRESHOLDS.marginShare * 100} % of the result.`);
  }
  return {
    is: "done",
    because: `${held.rateTps} tps held, ${failed.rateTps} tps did not: ${failed.because}`,
  };
}

function countOf(rungs: readonly ClimbedRung[]): number {
  return rungs.reduce((sum, { values }) => sum + values.length, 0);
}

/** Three digits: the fourth is not known anyway, and the rate is a name. */
function roundRate(rateTps: number): number {
  return Number(rateTps.toPrecision(3));
}
