import { ratePerS } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { meanLevel } from "./gauges.ts";

/** Whose the host's CPU was, in cores (1 = one core all the time); `null` where it was not read. */
export interface CpuUse {
  readonly cores: number | null;
  readonly hostBusyCores: number | null;
  /** 0 to 1 of all cores. */
  readonly hostBusyShare: number | null;
  readonly stealShare: number | null;
  readonly postgresCores: number | null;
  readonly generatorCores: number | null;
  readonly observerCores: number | null;
  /** Busy, and neither database, generator nor observer; `null` unless all of them are known. */
  readonly externalCores: number | null;
  readonly externalShare: number | null;
}

export function cpuUse(evidence: Evidence): CpuUse {
  const cores = evidence.machine?.cpuCount ?? null;
  const perCore = (value: number | null) =>
    value === null || cores === null || cores === 0 ? null : value / cores;
  const coresOf = (probe: string, name: string) => {
    const msPerS = ratePerS(evidence.series(probe, name));
    return msPerS === null ? null : msPerS / 1000;
  };
  const hostBusyCores = coresOf("host-cpu", "busyMs");
  const stealCores = coresOf("host-cpu", "stealMs");
  const postgresCores = coresOf("postgres-cpu", "cpuMs");
  const generatorCores = generatorCoresOf(evidence);
  const observerCores = coresOf("observer", "cpuMs");
  const externalCores =
    hostBusyCores === null || postgresCores === null || generatorCores === null
      ? null
      : Math.max(0, hostBusyCores - postgresCores - generatorCores - (observerCores ?? 0));
  return {
    cores,
    hostBusyCores,
    hostBusyShare: perCore(hostBusyCores),
    stealShare: perCore(stealCores),
    postgresCores,
    generatorCores,
    observerCores,
    externalCores,
    externalShare: perCore(externalCores),
  };
}

/** 0 where no load was ours; from its own account over the whole trial where no series has it. */
function generatorCoresOf(evidence: Evidence): number | null {
  if (evidence.trial === null) return 0;
  const sampled = meanLevel(evidence.series("generator", "cores"));
  if (sampled !== null) return sampled;
  const { outcome, planned } = evidence.trial;
  const loadMs = planned.warmupMs + planned.windowMs + planned.cooldownMs;
  const cpuMs = outcome?.generatorCpuMs ?? null;
  return cpuMs === null || loadMs <= 0 ? null : cpuMs / loadMs;
}
