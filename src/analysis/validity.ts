import { formatDurationMs, formatNumber } from "../lib/units.ts";
import { isMeasuring } from "../record/is-on-curve.ts";
import type { GateFacts, GateReason } from "./gate.ts";
import { judgeGenerator } from "./generator-gates.ts";
import { judgeMachine } from "./machine-gates.ts";
import type { Validity } from "./model.ts";
import { judgeServer } from "./server-gates.ts";
import { COVERED_SHARE } from "./thresholds.ts";

/** Whether a trial may be believed: the worst of its reasons. */
export function judgeValidity(facts: GateFacts): Validity {
  const { planned } = facts.trial;
  // What a fault does to the load and to the servers is what was asked for, no reason against it; and a
  // ceiling may well be the generator's.
  const reasons = [
    ...judgeLoad(facts),
    ...(planned.disturbance === undefined &&
    planned.ceiling === undefined &&
    planned.recovery === undefined
      ? judgeGenerator(facts)
      : []),
    ...(isMeasuring(planned) ? judgeServer(facts) : []),
    ...judgeMachine(facts),
  ];
  const isInvalid = reasons.some(({ grade }) => grade === "invalid");
  return { is: isInvalid ? "invalid" : reasons.length > 0 ? "degraded" : "valid", reasons };
}

/** The others carried less than what was asked for: their figures are not those of the trial. */
function judgeLostWorkers({ outcome, window }: GateFacts["trial"]): GateReason[] {
  return (outcome?.workers ?? []).flatMap(({ name, clients, lost }): GateReason[] => {
    if (lost === null) return [];
    const when =
      window === null
        ? ""
        : lost.atMs < window.startMs
          ? " in the warm-up"
          : ` ${formatDurationMs(lost.atMs - window.startMs)} into the window`;
    const because = `${name}, which carried ${formatNumber(clients)} of the clients, was lost${when}: ${lost.because}.`;
    return [{ grade: "invalid", gate: "worker-lost", because }];
  });
}

/** Whether there is a result at all. */
function judgeLoad({ trial, coveredShare, failedBecause }: GateFacts): GateReason[] {
  const { window, throughputTps, outcome } = trial;
  const invalid = (gate: string, because: string): GateReason[] => [
    { grade: "invalid", gate, because },
  ];
  if (failedBecause !== null) return invalid("trial-failed", failedBecause);
  const lost = judgeLostWorkers(trial);
  if (lost.length > 0) return lost;
  if (window === null) return invalid("no-window", "The trial ended before its window began.");
  // Its load only wrote the WAL: what counts is the recovery, which has its own time.
  if (trial.planned.recovery !== undefined) {
    return outcome === null ? invalid("not-ended", "The run ended before the trial did.") : [];
  }
  if (throughputTps === null || !Number.isFinite(throughputTps)) {
    return invalid("no-figures", "The generator reported nothing in the window.");
  }
  const reasons: GateReason[] = [];
  if (throughputTps === 0 && isMeasuring(trial.planned)) {
    reasons.push(...invalid("nothing-succeeded", "No transaction ended in the window."));
  }
  if (outcome === null) {
    reasons.push(...invalid("not-ended", "The run ended before the trial did."));
  }
  if (coveredShare < COVERED_SHARE.degraded) {
    const grade = coveredShare < COVERED_SHARE.invalid ? "invalid" : "degraded";
    const because = `The generator reported on ${formatNumber(coveredShare * 100)} % of the window.`;
    reasons.push({ grade, gate: "load-gaps", because });
  }
  return reasons;
}
