import { type Criterion, type ProbeVerdict, worstOf } from "./judge-probe.ts";
import { SEARCH_THRESHOLDS } from "../../../analysis/search/thresholds.ts";

/** What is known of one rate, from all of its windows. */
export interface SettledRate {
  readonly rateTps: number;
  readonly is: "pass" | "fail" | "unknown";
  readonly because: string;
  readonly slo: Criterion;
  readonly sustained: Criterion;
  /** True where a long window said so. */
  readonly isConfirmed: boolean;
  /** True where it rests on windows that were spoiled again and again. */
  readonly isSpoiled: boolean;
}

/**
 * What holds of each rate, ascending: its last window that could be judged decides, since a long one
 * comes after a short one.
 */
export function settleRates(probes: readonly ProbeVerdict[]): SettledRate[] {
  const byRate = new Map<number, ProbeVerdict[]>();
  for (const probe of probes) {
    // The window below the result is a check of its own and moves no bound.
    if (probe.role === "margin") continue;
    byRate.set(probe.rateTps, [...(byRate.get(probe.rateTps) ?? []), probe]);
  }
  return [...byRate].sort(([a], [b]) => a - b).map(([rateTps, own]) => settleRate(rateTps, own));
}

function settleRate(rateTps: number, own: readonly ProbeVerdict[]): SettledRate {
  const known = own.findLast(({ is }) => is !== "unknown");
  const last = own.at(-1)!;
  const isOpen =
    last.is === "unknown" && own.filter(sameRole(last)).length < SEARCH_THRESHOLDS.attemptsMax;
  const decided = known ?? last;
  const verdict =
    known !== undefined && !isOpen
      ? { is: known.is, because: known.because }
      : isOpen
        ? { is: "unknown" as const, because: last.because }
        : byFigures(last);
  const { slo, sustained } = decided;
  return {
    rateTps,
    ...verdict,
    slo,
    sustained,
    isConfirmed: !isOpen && own.some(({ role }) => role === "confirm") && verdict.is === "pass",
    isSpoiled: known === undefined,
  };
}

function sameRole({ role }: ProbeVerdict) {
  return (other: ProbeVerdict) => other.role === role;
}

/** Twice spoiled: what the figures say, and nothing known counts as not held. */
function byFigures({ slo, sustained }: ProbeVerdict): Criterion {
  const worst = worstOf(slo, sustained);
  return worst.is === "unknown" ? { ...worst, is: "fail" } : worst;
}

/** The largest rate that held below the smallest that did not. */
export interface Bracket {
  readonly held: SettledRate | null;
  readonly failed: SettledRate | null;
}

/** Where one question ends: by default whether the rate held as a whole. */
export function bracketOf(
  rates: readonly SettledRate[],
  of: (rate: SettledRate) => Criterion["is"] = ({ is }) => is,
): Bracket {
  const failed = rates.find((rate) => of(rate) === "fail") ?? null;
  const held = rates.findLast(
    (rate) => of(rate) === "pass" && (failed === null || rate.rateTps < failed.rateTps),
  );
  return { held: held ?? null, failed };
}
