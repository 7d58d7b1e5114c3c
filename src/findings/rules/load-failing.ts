import { commonestError } from "../../analysis/load-errors.ts";
import type { TrialAnalysis } from "../../analysis/model.ts";
import { LOAD_FAILING } from "../../analysis/thresholds.ts";
import { tellScriptError, type ToldError } from "../../lib/script-error-text.ts";
import { formatNumber } from "../../lib/units.ts";
import { fail, pass, percent, unknown } from "../answers.ts";
import { byHand } from "../predict.ts";
import { defineRule, type EvidenceItem } from "../rule.ts";

export const loadFailing = defineRule({
  id: "load-failing",
  asks: "Do the load's transactions succeed?",
  needs: [],
  sources: ["https://www.postgresql.org/docs/current/errcodes-appendix.html"],
  explainedBy: [],

  judge({ trial }) {
    if (trial === null) return unknown("Only a load of pgdyno's own tells of its errors.");
    const succeeded = trial.latency.count;
    const lost = trial.failed + trial.unknown;
    const all = succeeded + lost;
    const items = itemsOf(trial, succeeded);
    const worst = commonestError(trial);
    // Without any, a script's clients may have ended before the window.
    if (all === 0) return nothingEnded(trial, worst, items);
    const share = lost / all;
    const told = `${percent(share)} of the transactions failed`;
    if (share < LOAD_FAILING.shareMin) {
      return pass(lost === 0 ? "No transaction failed." : `${told}.`, items);
    }
    return fail({
      because:
        worst === null ? `${told}.` : `${told}, most of them here: ${tellScriptError(worst)}.`,
      evidence: items,
      confidence: "confirmed",
      advice: adviceOn(worst),
      refutedBy: "The failures are what the script is meant to measure.",
      experiment: byHand("the cause of the errors removed"),
      weight: share,
    });
  },
});

type Worst = (ToldError & { readonly count: number }) | null;

function nothingEnded(trial: TrialAnalysis, worst: Worst, items: EvidenceItem[]) {
  if (trial.outcome === null)
    return unknown("The load did not end: its errors are not known.", items);
  const because =
    worst === null
      ? "No transaction ended in the window: its clients waited for their answers all the time."
      : `No transaction ended in the window: ${tellScriptError(worst)}.`;
  return fail({
    because,
    evidence: items,
    confidence: "confirmed",
    advice: adviceOn(worst),
    refutedBy: "A transaction of the script takes longer than the window.",
    experiment: byHand("the cause of the errors removed"),
    weight: 1,
  });
}

function itemsOf(trial: TrialAnalysis, succeeded: number): EvidenceItem[] {
  const counts: EvidenceItem[] = [
    {
      name: "transactions that succeeded",
      value: succeeded,
      unit: "count",
      how: "total",
      from: "load/transactions",
    },
    {
      name: "transactions that failed",
      value: trial.failed,
      unit: "count",
      how: "total",
      from: "load/failed",
    },
    {
      name: "transactions without an answer",
      value: trial.unknown,
      unit: "count",
      how: "total",
      from: "load/unknown",
    },
  ];
  const errors = (trial.outcome?.errors ?? []).map((error) => ({
    name: tellScriptError(error),
    value: error.count,
    unit: "count",
    how: "total" as const,
    from: "trial-ended/errors",
  }));
  return [...counts, ...errors];
}

/** By SQLSTATE, or its class. */
const ADVICE: Readonly<Record<string, string>> = {
  "40001":
    "Serialization failures are repeated by an application: set `maxTries` as it does, or take an isolation level that the application uses.",
  "40P01":
    "Have the transactions lock their rows in one order, or set `maxTries` as the application repeats them.",
  "42501": "Grant the role of the load what its scripts need.",
  "23": "The rows that the script writes break a constraint: draw keys that are not there yet, or put the data back before each trial.",
  "53": "The server has run out of something, as its words say: give it more, or load it less.",
  "57": "The server ended the statements: look for a timeout, an administrator's command or a shutdown in its log.",
  "08": "Connections broke: look in the server's log for why, and at whatever stands between load and server.",
};

function adviceOn(worst: Worst): string {
  if (worst === null) return "See what the sessions of the load wait for, with `pg_stat_activity`.";
  const { sqlState, script, line } = worst;
  const known = ADVICE[sqlState ?? ""] ?? ADVICE[sqlState?.slice(0, 2) ?? ""];
  if (known !== undefined) return known;
  const place = script === null ? "" : ` at ${script}${line === null ? "" : `:${line}`}`;
  return `Correct what fails${place}, then measure again: ${formatNumber(worst.count)} transactions met this error.`;
}
