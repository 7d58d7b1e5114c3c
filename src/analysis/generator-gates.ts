import { formatNumber } from "../lib/units.ts";
import { tellScriptError } from "../lib/script-error-text.ts";
import type { WorkerOutcome } from "../record/events.ts";
import { GENERATOR_HEADER, OWN_HOST } from "../record/series-format.ts";
import { cpuUse } from "./cpu-use.ts";
import { samplesOf } from "./gauges.ts";
import { commonestError } from "./load-errors.ts";
import {
  CLIENTS_ENDED_SHARE,
  DELIVERED_DEVIATIONS,
  DELIVERED_SHARE_MIN,
  ERROR_SHARE,
  EVENT_LOOP_DELAY_MS_MAX,
  EVENT_LOOP_DELAY_P50_MS,
  EVENT_LOOP_DELAY_SHARE_MAX,
  EVENT_LOOP_SECONDS_SHARE,
  GENERATOR_THREAD_USE_MAX,
  HOST_FULL_SHARE,
  LITTLES_LAW_ERROR,
} from "./thresholds.ts";
import { type GateFacts, type GateReason, reasonAbove } from "./gate.ts";

/** Whether the generator, rather than the database, made the figures. */
export function judgeGenerator(facts: GateFacts): GateReason[] {
  return [
    ...judgeErrors(facts),
    ...judgeEndedClients(facts),
    ...judgeCeiling(facts),
    ...judgeEventLoop(facts),
    ...judgeDelivery(facts),
    ...reasonAbove(
      facts.trial.littlesLawError,
      LITTLES_LAW_ERROR,
      "littles-law",
      (percent) => `Throughput times latency misses the number of clients by ${percent}.`,
    ),
  ];
}

function judgeErrors({ trial }: GateFacts): GateReason[] {
  const { latency, failed, unknown } = trial;
  const total = latency.count + failed + unknown;
  return reasonAbove(
    total === 0 ? null : (failed + unknown) / total,
    ERROR_SHARE,
    "errors",
    (percent) => `${percent} of the transactions failed or lost their answer${mostly(trial)}.`,
  );
}

function judgeEndedClients({ trial }: GateFacts): GateReason[] {
  const { clients } = trial.planned;
  const ended = trial.outcome?.endedClients;
  return reasonAbove(
    ended === undefined ? null : ended / clients,
    CLIENTS_ENDED_SHARE,
    "clients-ended",
    () =>
      `${formatNumber(ended ?? 0)} of ${formatNumber(clients)} clients ended before the load did${mostly(trial)}.`,
  );
}

function mostly(trial: GateFacts["trial"]): string {
  const error = commonestError(trial);
  return error === null ? "" : `: ${tellScriptError(error)}`;
}

function judgeCeiling({ trial, evidence }: GateFacts): GateReason[] {
  const use = trial.generatorUse;
  if (use === null || use <= GENERATOR_THREAD_USE_MAX) return [];
  const worker = busiestWorker(trial);
  // Only where it is the generator's machine, too; of a worker's own nothing is read.
  const isHere = evidence?.host === OWN_HOST && worker?.isOnThisMachine !== false;
  const hostBusyShare = isHere ? cpuUse(evidence).hostBusyShare : null;
  const isHostFull = hostBusyShare !== null && hostBusyShare >= HOST_FULL_SHARE;
  const who = worker === null ? "The generator" : worker.name;
  const percent = `${formatNumber(use * 100)} %`;
  const because = isHostFull
    ? `${who} used ${percent} of a core per thread on a machine whose CPU was full: ` +
      "the figure is that of both together."
    : `${who} used ${percent} of a core per thread: it, and not the database, set the pace.`;
  return [{ grade: isHostFull ? "degraded" : "invalid", gate: "generator-saturated", because }];
}

/** The one whose use of CPU is `generatorUse`; `null` where the load had no workers. */
function busiestWorker({ outcome }: GateFacts["trial"]): WorkerOutcome | null {
  const useOf = ({ generatorCpuMs, generatorThreads }: WorkerOutcome) =>
    (generatorCpuMs ?? 0) / Math.max(1, generatorThreads);
  return outcome?.workers?.toSorted((a, b) => useOf(b) - useOf(a))[0] ?? null;
}

/** Spoils latencies only; throughput stands. */
function judgeEventLoop(facts: GateFacts): GateReason[] {
  const delayMs = eventLoopDelayMs(facts);
  const { p50Ms, p99Ms } = facts.trial.latency;
  if (delayMs === null || p50Ms === null) return [];
  // Whatever waits for a late loop takes at least as long: then 99 of 100 did not.
  if (p99Ms !== null && p99Ms < delayMs) return [];
  const maxMs =
    p50Ms < EVENT_LOOP_DELAY_P50_MS ? EVENT_LOOP_DELAY_MS_MAX : EVENT_LOOP_DELAY_SHARE_MAX * p50Ms;
  if (delayMs <= maxMs) return [];
  const because =
    `The generator's own event loop was late by up to ${formatNumber(delayMs)} ms (p99) while half ` +
    `of the answers took ${formatNumber(p50Ms)} ms: latencies hold some of it, throughput stands.`;
  return [{ grade: "degraded", gate: "generator-delay", because }];
}

/**
 * Each second has too few readings for a p99 of its own, and tells its longest. What fewer than a
 * quarter of the seconds reach, fewer than one reading of a hundred does.
 */
function eventLoopDelayMs({ trial, evidence }: GateFacts): number | null {
  const seconds = samplesOf(
    evidence?.series(GENERATOR_HEADER.probe, "eventLoopDelayMsP99", "generator") ?? null,
  ).toSorted((a, b) => a - b);
  return (
    seconds[Math.ceil(EVENT_LOOP_SECONDS_SHARE * seconds.length) - 1] ??
    trial.outcome?.eventLoopDelayMsP99 ??
    null
  );
}

function judgeDelivery({ trial }: GateFacts): GateReason[] {
  const { planned, window, throughputTps } = trial;
  if (planned.mode !== "open" || planned.rateTps === null || window === null) return [];
  if (throughputTps === null) return [];
  const windowS = (window.endMs - window.startMs) / 1000;
  const wanted = planned.rateTps * windowS;
  const found = throughputTps * windowS;
  const chance = DELIVERED_DEVIATIONS * Math.sqrt(wanted);
  if (found >= DELIVERED_SHARE_MIN * wanted - chance) return [];
  const because =
    `${formatNumber(throughputTps)} of the ${formatNumber(planned.rateTps)} transactions per second ` +
    "asked for were done: this rate was not sustained.";
  return [{ grade: "invalid", gate: "rate-not-delivered", because }];
}
