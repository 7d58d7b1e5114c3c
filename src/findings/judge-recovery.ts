import type { FailoverAnalysis } from "../stages/failover/model.ts";
import type { Analysis } from "../analysis/model.ts";
import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Judged } from "./objectives.ts";
import { FAILOVER } from "../analysis/thresholds.ts";

/** Any trial that lost more fails it. None proves that nothing can be lost: the bound is said. */
export function judgeRpo({ title, loss, trials }: FailoverAnalysis, wanted: number): Judged {
  const found = `${formatNumber(loss.lostMax)} lost at most (${title})`;
  if (loss.lostMax > wanted) {
    return { found, verdict: "fail", because: `${title}: ${loss.sentence}` };
  }
  if (loss.known === 0) {
    return { found: null, verdict: "unknown", because: `${title}: ${loss.sentence}` };
  }
  const verdict = loss.known < trials.length ? "unknown" : "pass";
  return { found, verdict, because: `${title}: ${loss.sentence}` };
}

/**
 * The longest write gap of all trials decides: a recovery time is a promise for each failure, not for
 * the middle one. A machine that others used may only have made it longer, so that it cannot fail.
 */
export function judgeRto(
  { trials }: Analysis,
  { title, rtoMs, neverBack, trials: own }: FailoverAnalysis,
  wantedMs: number,
): Judged {
  const gaps = own.flatMap(({ gap }) => (gap === null ? [] : [gap]));
  if (gaps.length === 0) {
    return {
      found: null,
      verdict: "unknown",
      because: `${title}: no trial tells how long it took.`,
    };
  }
  const longestMs = Math.max(...gaps.map(({ ms }) => ms));
  const found =
    neverBack > 0
      ? `more than ${formatDurationMs(longestMs)} (${title})`
      : `${formatDurationMs(longestMs)} at most (${title})`;
  const seen = `${title}: writes were away for up to ${formatDurationMs(longestMs)}${
    rtoMs === null || neverBack > 0 ? "" : `, ${formatDurationMs(rtoMs.median.value)} in the median`
  }, over ${gaps.length} ${gaps.length === 1 ? "trial" : "trials"}`;
  if (longestMs > wantedMs) {
    const disturbed = own.filter(({ trial }) =>
      trials.some(({ planned, validity }) => planned.id === trial && validity.is === "invalid"),
    ).length;
    if (disturbed === 0) return { found, verdict: "fail", because: `${seen}.` };
    const because = `${seen}, but in ${disturbed} of them something else held the machine back.`;
    return { found, verdict: "unknown", because };
  }
  if (neverBack > 0) {
    const because = `${seen}, but in ${neverBack} the load ended before writes came back.`;
    return { found, verdict: "unknown", because };
  }
  if (gaps.length < FAILOVER.rtoTrialsMin || gaps.length < own.length) {
    const because = `${seen}: too few of ${own.length} to tell; ${FAILOVER.rtoTrialsMin} are needed.`;
    return { found, verdict: "unknown", because };
  }
  const because = `${seen}; the next one takes longer than all of these once in ${gaps.length + 1} times.`;
  return { found, verdict: "pass", because };
}
