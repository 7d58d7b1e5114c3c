import type { RunEvent } from "../../record/events.ts";
import type { Ledger } from "../../record/ledger.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { checkLedger, type LedgerVerdict } from "../check-ledger.ts";
import type { TrialAnalysis } from "../model.ts";
import { trialEvents } from "../trial-events.ts";
import {
  countBetween,
  firstFrom,
  lineOfLedger,
  lineOfSeconds,
  type AcknowledgedLine,
} from "./acknowledged-line.ts";
import { findFullRecovery } from "./full-recovery.ts";
import type { FailoverTrial, FullRecovery, WriteGap } from "./model.ts";
import { splitIntoPhases } from "./phases.ts";
import { readServiceOf } from "./read-gap.ts";
import { forkCheck, lossOf } from "./trial-loss.ts";
import { longestBetween, longestGap } from "./write-gap.ts";

/** What one disturbed trial tells: from the ledger where one was kept, else from counts of seconds. */
export function analyzeDisturbedTrial(record: RunRecord, trial: TrialAnalysis): FailoverTrial {
  const { planned } = trial;
  const happened = trialEvents(record.events, planned.id);
  const events = eventsOf(record.events, planned.id);
  const disturbedAtMs = disturbedAt(events);
  const base = {
    trial: planned.id,
    repetition: planned.repetition,
    disturbedAtMs,
    ...rolesOf(events, disturbedAtMs),
  };
  if (happened.failedBecause !== null || happened.span === null || disturbedAtMs === null) {
    const because = happened.failedBecause ?? whyNothing(happened.span === null);
    return { ...base, ...NOTHING, failedBecause: because, loss: { is: "unknown", because } };
  }
  const ledger = record.ledgers.get(planned.id)?.ledger ?? null;
  const verdict = ledger === null ? null : checkLedger(ledger, { faultMs: disturbedAtMs });
  const line = ledger === null ? lineOfSeconds(trial.seconds) : lineOfLedger(ledger);
  const steadyFromMs = happened.window?.startMs ?? disturbedAtMs;
  const gap = gapOf(line, verdict, disturbedAtMs);
  const beforeTps = tpsBetween(line, steadyFromMs, disturbedAtMs);
  const fullRecovery = recoveryOf(line, { gap, beforeTps, disturbedAtMs });
  const first = firstOfNewServer(line, ledger, disturbedAtMs);
  return {
    ...base,
    failedBecause: null,
    gap,
    clientGapMsMax: verdict?.gaps.client?.lengthMs ?? null,
    resolutionMs: maxOf(longestBetween(line.atMs, steadyFromMs, disturbedAtMs), line.grainMs),
    beforeTps,
    reads: readServiceOf(events, planned.id, disturbedAtMs),
    fullRecovery,
    ...redundancyOf(events, planned.id, disturbedAtMs),
    loss: lossOf(verdict, forkCheck(events, verdict), disturbedAtMs),
    dualAckMs:
      verdict === null
        ? null
        : Math.max(0, ...verdict.dual.map(({ fromMs, toMs }) => toMs - fromMs)),
    unknown:
      verdict === null
        ? null
        : { count: verdict.counts.unknown, present: verdict.table?.unknownPresent ?? null },
    phases: splitIntoPhases(
      beginOfPhases(events, gap, disturbedAtMs),
      events.filter((event) => event.kind === "cluster"),
      {
        firstSentMs: first?.sentMs ?? null,
        firstAcknowledgedMs: first?.atMs ?? gap?.endMs ?? null,
        recoveredMs: fullRecovery?.ms == null ? null : disturbedAtMs + fullRecovery.ms,
      },
    ),
  };
}

const NOTHING = {
  gap: null,
  clientGapMsMax: null,
  resolutionMs: null,
  beforeTps: null,
  reads: null,
  fullRecovery: null,
  redundancyMs: null,
  redundancyBecause: null,
  dualAckMs: null,
  unknown: null,
  phases: [],
} as const;

function whyNothing(neverStarted: boolean): string {
  return neverStarted ? "The trial was never run." : "Nothing was disturbed before the load ended.";
}

/** From the trial's last start to the next trial's, or the record's end. */
function eventsOf(events: readonly RunEvent[], trial: string): RunEvent[] {
  const start = events.findLastIndex(
    (event) => event.kind === "trial-started" && event.trial === trial,
  );
  if (start < 0) return [];
  const next = events.findIndex((event, i) => i > start && event.kind === "trial-started");
  return events.slice(start, next < 0 ? undefined : next);
}

/**
 * When the fault was seen in force: by whom applied it, or by the cluster where that looked sooner. A
 * switchover disturbs from when it is asked for.
 */
function disturbedAt(events: readonly RunEvent[]): number | null {
  const at = (phase: string) =>
    events.find((event) => event.kind === "fault" && event.phase === phase)?.atMs ?? null;
  const appliedMs = at("applied");
  const isSwitchover = events.some(
    (event) => event.kind === "fault" && event.fault === "switchover",
  );
  if (isSwitchover || appliedMs === null) return isSwitchover ? at("asked") : null;
  const askedMs = at("asked") ?? appliedMs;
  const seen = events.find(
    (event) => event.kind === "cluster" && event.event === "failed" && event.atMs >= askedMs,
  );
  return Math.min(appliedMs, seen?.atMs ?? appliedMs);
}

function rolesOf(
  events: readonly RunEvent[],
  faultMs: number | null,
): Pick<FailoverTrial, "from" | "to"> {
  const asked = events.find((event) => event.kind === "fault");
  const promoted = events.find(
    (event) =>
      event.kind === "cluster" && event.event === "promoted" && event.atMs >= (faultMs ?? 0),
  );
  return {
    from: asked?.kind === "fault" ? asked.on : null,
    to: promoted?.kind === "cluster" ? promoted.on : null,
  };
}

/** From the last acknowledgement, where that lies between the asking and the seeing of the fault. */
function beginOfPhases(events: readonly RunEvent[], gap: WriteGap | null, faultMs: number): number {
  const askedMs = events.find((event) => event.kind === "fault")?.atMs ?? faultMs;
  return Math.max(askedMs, Math.min(faultMs, gap?.startMs ?? faultMs));
}

function gapOf(
  line: AcknowledgedLine,
  verdict: LedgerVerdict | null,
  faultMs: number,
): WriteGap | null {
  const service = verdict?.gaps.service;
  if (service == null) return longestGap(line.atMs, faultMs, line.endMs);
  const { fromMs: startMs, toMs, lengthMs: ms, ended } = service;
  return { startMs, endMs: ended ? toMs : null, ms };
}

function tpsBetween({ atMs }: AcknowledgedLine, fromMs: number, toMs: number): number | null {
  if (toMs - fromMs <= 0) return null;
  return (countBetween(atMs, fromMs, toMs) * 1000) / (toMs - fromMs);
}

function recoveryOf(
  { atMs, endMs }: AcknowledgedLine,
  about: {
    readonly gap: WriteGap | null;
    readonly beforeTps: number | null;
    readonly disturbedAtMs: number;
  },
): FullRecovery | null {
  const { gap, beforeTps, disturbedAtMs: faultMs } = about;
  if (beforeTps === null || beforeTps === 0 || gap === null) return null;
  if (gap.endMs === null) return { ms: null, observedMs: 0 };
  return findFullRecovery(atMs, { faultMs, fromMs: gap.endMs, endMs, beforeTps });
}

/** The first acknowledgement of a server that had given none before the fault. */
function firstOfNewServer(
  { atMs, sentMs, server }: AcknowledgedLine,
  ledger: Ledger | null,
  faultMs: number,
): { readonly sentMs: number; readonly atMs: number } | null {
  if (ledger === null) return null;
  const from = firstFrom(atMs, faultMs);
  const known = new Set(server.subarray(0, from));
  for (let i = from; i < atMs.length; i += 1) {
    if (!known.has(server[i]!)) return { sentMs: sentMs[i]!, atMs: atMs[i]! };
  }
  return null;
}

function redundancyOf(
  events: readonly RunEvent[],
  trial: string,
  faultMs: number,
): Pick<FailoverTrial, "redundancyMs" | "redundancyBecause"> {
  const looks = events.flatMap((event) =>
    event.kind === "health" && event.trial === trial && event.atMs >= faultMs ? [event] : [],
  );
  const last = looks.at(-1);
  if (last === undefined) {
    return { redundancyMs: null, redundancyBecause: "Redundancy was not seen to break." };
  }
  return last.healthy
    ? { redundancyMs: last.atMs - faultMs, redundancyBecause: null }
    : { redundancyMs: null, redundancyBecause: last.because };
}

function maxOf(a: number | null, b: number): number | null {
  return a === null ? null : Math.max(a, b);
}
