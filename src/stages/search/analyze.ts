import { UNIT_WORDS } from "../../record/load-kind.ts";
import type { StageQuestion } from "../../record/format.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { formatNumber } from "../../lib/units.ts";
import { estimateMean } from "../../analysis/estimates.ts";
import type { TrialAnalysis, ValidityGrade } from "../../analysis/model.ts";
import type { Analysed } from "../../analysis/stage-analysis.ts";
import { judgeProbe } from "./analysis/judge-probe.ts";
import type { Capacity, RateBound, SearchAnalysis } from "./model.ts";
import { bracketOf, settleRates, type SettledRate } from "./analysis/settle-rates.ts";

type SearchQuestion = Extract<StageQuestion, { kind: "search" }>;

/** Every search of a run, from its trials. Pure: a search that is not over gives what it has so far. */
export function analyzeSearches(record: RunRecord, { trials }: Analysed): SearchAnalysis[] {
  const questions = record.manifest.plan.questions ?? [];
  return questions.flatMap((question) =>
    question.kind === "search" ? [analyzeSearch(record, trials, question)] : [],
  );
}

function analyzeSearch(
  record: RunRecord,
  trials: readonly TrialAnalysis[],
  question: SearchQuestion,
): SearchAnalysis {
  const { stage, title, curve, until } = question;
  const own = trials.filter(({ planned, outcome }) => planned.stage === stage && outcome !== null);
  const probes = own
    .filter(({ planned }) => planned.mode === "open")
    .map((trial) => judgeProbe(record, trial, until));
  const rates = settleRates(probes);
  const peak = peakOf(own.filter(({ planned }) => planned.role === "peak"));
  const sloMax = boundOf(rates, (rate) => rate.slo);
  const sustainable = boundOf(rates, (rate) => rate.sustained);
  const { held, failed } = bracketOf(rates);
  const unit = own[0]?.unit ?? "transactions";
  const numbers = { unit, peak, sloMax, sustainable, probes };
  const capacity = held === null ? null : capacityOf(held, failed, numbers);
  return {
    stage,
    title,
    unit,
    curve,
    until,
    peak,
    sloMax,
    sustainable,
    capacity,
    because: tellEnd(held, failed, UNIT_WORDS[unit].perSecond),
    probes,
    trials: own.length,
    loadMs: own.reduce(
      (sum, { planned }) => sum + planned.warmupMs + planned.windowMs + planned.cooldownMs,
      0,
    ),
    quick: own.some(({ validity }) => validity.reasons.some(({ gate }) => gate === "quick")),
  };
}

function peakOf(trials: readonly TrialAnalysis[]): SearchAnalysis["peak"] {
  const byClients = new Map<number, number[]>();
  for (const { planned, throughputTps } of trials) {
    if (throughputTps === null) continue;
    byClients.set(planned.clients, [...(byClients.get(planned.clients) ?? []), throughputTps]);
  }
  let peak: SearchAnalysis["peak"] = null;
  for (const [clients, values] of byClients) {
    const estimate = estimateMean(values);
    if (estimate === null || estimate.value <= (peak?.tps ?? 0)) continue;
    peak = { tps: estimate.value, clients, estimate };
  }
  return peak;
}

function boundOf(
  rates: readonly SettledRate[],
  of: (rate: SettledRate) => SettledRate["slo"],
): RateBound {
  const { held, failed } = bracketOf(rates, (rate) => of(rate).is);
  const because =
    failed === null
      ? held === null
        ? "No rate was tried."
        : of(held).because
      : of(failed).because;
  return { tps: held?.rateTps ?? null, failedTps: failed?.rateTps ?? null, because };
}

const VALIDITY_ORDER = ["valid", "degraded", "invalid"] as const;

function capacityOf(
  held: SettledRate,
  failed: SettledRate | null,
  {
    unit,
    peak,
    sloMax,
    sustainable,
    probes,
  }: Pick<SearchAnalysis, "unit" | "peak" | "sloMax" | "sustainable" | "probes">,
): Capacity {
  const numbers = [
    { number: "slo-max" as const, tps: sloMax.tps ?? Infinity },
    { number: "sustainable" as const, tps: sustainable.tps ?? Infinity },
    { number: "peak" as const, tps: peak?.tps ?? Infinity },
  ];
  // Where the first rate above failed for one reason only, that reason is what is smallest.
  const smallest = numbers.reduce((least, one) => (one.tps < least.tps ? one : least));
  const below = probes.findLast(({ role }) => role === "margin");
  const rests = probes.filter(
    ({ rateTps, role }) =>
      role !== "margin" && (rateTps === held.rateTps || rateTps === failed?.rateTps),
  );
  const validity = rests.reduce<ValidityGrade>(
    (worst, one) =>
      VALIDITY_ORDER.indexOf(one.validity) > VALIDITY_ORDER.indexOf(worst) ? one.validity : worst,
    "valid",
  );
  const tps = Math.min(smallest.tps, held.rateTps);
  const what = {
    "slo-max": "the latency objective ends it",
    sustainable: "what queues behind the database ends it",
    peak: "the closed loop did not reach more",
  }[smallest.number];
  return {
    tps,
    number: smallest.number,
    sentence: `The capacity is ${formatNumber(tps)} ${UNIT_WORDS[unit].perSecondLong}: ${what}.`,
    isConfirmed: held.isConfirmed,
    holdsBelow: below === undefined || below.is === "unknown" ? null : below.is === "pass",
    validity: held.isSpoiled ? "invalid" : validity,
  };
}

function tellEnd(held: SettledRate | null, failed: SettledRate | null, rate: string): string {
  if (held === null && failed === null) return "No rate was tried.";
  if (held === null) {
    return `Not even ${formatNumber(failed!.rateTps)} ${rate} held: ${failed!.because}`;
  }
  const above =
    failed === null
      ? "No rate that was tried failed."
      : `${formatNumber(failed.rateTps)} ${rate} did not: ${failed.because}`;
  return `${formatNumber(held.rateTps)} ${rate} held. ${above}`;
}
