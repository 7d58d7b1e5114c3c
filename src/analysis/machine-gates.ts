import { OWN_HOST } from "../record/series-format.ts";
import { formatNumber } from "../lib/units.ts";
import { cpuUse } from "./cpu-use.ts";
import type { Evidence } from "./evidence.ts";
import { type GateFacts, type GateReason, reasonAbove } from "./gate.ts";
import { maxLevel, minLevel } from "./gauges.ts";
import { memoryPressure } from "./host.ts";
import { tellHost } from "./tell-host.ts";
import { throttledShare } from "./throttling.ts";
import {
  CLOCK_STEP_MS_MAX,
  EXTERNAL_CPU_SHARE,
  MEMORY_PRESSURE_SHARE_MAX,
  STEAL_SHARE,
  THROTTLED_PERIODS_SHARE_MAX,
} from "./thresholds.ts";

/** Whether the machine was quiet and its clock even. */
export function judgeMachine({ evidence }: GateFacts): GateReason[] {
  if (evidence === null) return [];
  const use = cpuUse(evidence);
  return [
    ...reasonAbove(
      use.stealShare,
      STEAL_SHARE,
      "steal",
      (percent) => `The hypervisor gave ${percent} of ${machineOf(evidence)} CPU to others.`,
    ),
    ...reasonAbove(
      use.externalShare,
      EXTERNAL_CPU_SHARE,
      "external-cpu",
      (percent) =>
        `Programs that are neither database, generator nor observer used ${percent} of the CPU.`,
    ),
    ...judgeThrottling(evidence),
    ...judgeMemory(evidence),
    ...judgeClock(evidence),
  ];
}

function judgeThrottling(evidence: Evidence): GateReason[] {
  const never = { degraded: THROTTLED_PERIODS_SHARE_MAX, invalid: Number.POSITIVE_INFINITY };
  return reasonAbove(
    throttledShare(evidence),
    never,
    "cpu-throttled",
    (percent) => `A CPU quota was used up in ${percent} of its periods.`,
  );
}

/** Of the server's host, and of that which the load comes from. */
function judgeMemory(evidence: Evidence): GateReason[] {
  const never = { degraded: MEMORY_PRESSURE_SHARE_MAX, invalid: Number.POSITIVE_INFINITY };
  return [...new Set([evidence.host, OWN_HOST])].flatMap((host) =>
    reasonAbove(memoryPressure(evidence, host), never, "memory-pressure", (percent) => {
      const where = evidence.hasManyHosts ? ` on ${tellHost(evidence, host)}` : "";
      return `Tasks${where} waited for memory ${percent} of the time.`;
    }),
  );
}

function machineOf(evidence: Evidence): string {
  return evidence.hasManyHosts ? `${tellHost(evidence)}'s` : "the machine's";
}

/** Distance of the wall clock from the monotonic one; a slew moves it slowly, a step at once. */
function judgeClock(evidence: Evidence): GateReason[] {
  const offsets = evidence.series("clock", "offsetMs", OWN_HOST);
  const high = maxLevel(offsets);
  const low = minLevel(offsets);
  if (high === null || low === null || high - low <= CLOCK_STEP_MS_MAX) return [];
  const because = `The wall clock moved by ${formatNumber(high - low)} ms against the monotonic one.`;
  return [{ grade: "invalid", gate: "clock-step", because }];
}
