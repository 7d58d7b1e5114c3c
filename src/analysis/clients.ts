import { increase } from "./counters.ts";
import type { Evidence } from "./evidence.ts";
import { medianLevel } from "./gauges.ts";

/** Clients of a server that run on its host, as far as their sockets tell. */
export interface ClientPrograms {
  /** CPU of them all, in cores. */
  readonly cores: number;
  /** The program whose control group was stopped most; `null` where none has a limit. */
  readonly limited: {
    readonly program: string;
    /** Share of the scheduler's periods in which it had used up its quota. */
    readonly throttledShare: number;
    readonly quotaCores: number | null;
  } | null;
}

/** `null` where programs were not read, or none of them is a client. */
export function clientPrograms(evidence: Evidence): ClientPrograms | null {
  const used = evidence.keyed("host-programs", "clientCpuMs", evidence.host);
  const periods = evidence.keyed("host-programs", "clientPeriods", evidence.host);
  const throttled = evidence.keyed("host-programs", "clientThrottledPeriods", evidence.host);
  const t = [...(used?.values() ?? [])][0]?.t ?? [];
  const spanS = ((t.at(-1) ?? 0) - (t[0] ?? 0)) / 1000;
  if (used === null || spanS <= 0) return null;
  let cores = 0;
  let limited: ClientPrograms["limited"] = null;
  for (const [program, series] of used) {
    const ms = increase(series) ?? 0;
    if (ms <= 0) continue;
    cores += ms / 1000 / spanS;
    const of = increase(periods?.get(program) ?? null) ?? 0;
    const stopped = increase(throttled?.get(program) ?? null) ?? 0;
    if (of <= 0) continue;
    const throttledShare = stopped / of;
    if (limited !== null && limited.throttledShare >= throttledShare) continue;
    const quota =
      evidence.keyed("host-programs", "clientQuotaCores", evidence.host)?.get(program) ?? null;
    limited = { program, throttledShare, quotaCores: medianLevel(quota) };
  }
  return cores === 0 ? null : { cores, limited };
}
