import { OWN_HOST } from "../record/series-format.ts";
import type { Evidence, Series } from "./evidence.ts";
import { medianLevel } from "./gauges.ts";

/** Whose the CPU of a server's host was, in cores (1 = one core all the time); `null` where it was not read. */
export interface CpuUse {
  readonly cores: number | null;
  readonly hostBusyCores: number | null;
  /** 0 to 1 of all cores. */
  readonly hostBusyShare: number | null;
  readonly stealShare: number | null;
  readonly postgresCores: number | null;
  /** Time in which the database's processes were ready to run and had no CPU, as cores. */
  readonly postgresWaitCores: number | null;
  /** The same as a share of the time in which they ran or wanted to. */
  readonly postgresWaitShare: number | null;
  /**
   * The programs that put the load on, and the generator's threads inside this program. `null`, too, where
   * they run on another host.
   */
  readonly generatorCores: number | null;
  /** This program's own work: engine, probes, the digesting of what the generator prints. */
  readonly observerCores: number | null;
  /** Busy, and neither database, generator nor observer; `null` unless all of them are known. */
  readonly externalCores: number | null;
  readonly externalShare: number | null;
  /** Used by programs with a connection to the server, of all cores; `null` where they were not read. */
  readonly clientsShare: number | null;
  /** The part of it that is surely no client of the server; `null` where programs were not read. */
  readonly strangersShare: number | null;
  /** The program among them that used most, all its processes together. */
  readonly busiestStranger: string | null;
}

/**
 * Of the host that the first server is on, or of another one. Where load and database share it each takes
 * from the other; only what neither of them used is a stranger's. Meaningless, and `null`, where the
 * server's processes were not seen.
 */
export function cpuUse(evidence: Evidence, on = evidence.host): CpuUse {
  const cores = coresThere(evidence, on);
  const share = (used: number | null) =>
    used === null || cores === null || cores === 0 ? null : used / cores;
  const host = (name: string) => coresOf(evidence.series("host-cpu", name, on));
  const own = (name: string) => coresOf(evidence.series("observer", name, OWN_HOST));
  const postgresCores = postgresCoresOf(evidence, "cpuMs", on);
  const postgresWaitCores = postgresCoresOf(evidence, "cpuWaitMs", on);
  const strangers = strangersOf(evidence, on);
  // Without a server's processes there what was read is the load's host, not the database's.
  const isServersHost = postgresCores !== null;
  const hostBusyCores = isServersHost ? host("busyMs") : null;
  const self = own("cpuMs");
  const children = own("childrenCpuMs");
  const isShared = on === OWN_HOST;
  const loadCores = isShared ? sumOrNull(self, children) : 0;
  const observerCores = own("mainThreadCpuMs") ?? self;
  const threads =
    self === null || observerCores === null ? null : Math.max(0, self - observerCores);
  // Nobody is charged for interrupts; most of them here are the load's own packets and writes.
  const interruptCores = (host("irqMs") ?? 0) + (host("softirqMs") ?? 0);
  const externalCores =
    hostBusyCores === null || postgresCores === null || loadCores === null
      ? null
      : Math.max(0, hostBusyCores - interruptCores - postgresCores - loadCores);
  return {
    cores,
    hostBusyCores,
    hostBusyShare: share(hostBusyCores),
    stealShare: share(isServersHost ? host("stealMs") : null),
    postgresCores,
    postgresWaitCores,
    postgresWaitShare: waitShareOf(postgresCores, postgresWaitCores),
    generatorCores: isShared ? sumOrNull(threads, children) : null,
    observerCores,
    externalCores,
    externalShare: share(externalCores),
    clientsShare: share(strangers?.clientCores ?? null),
    strangersShare: share(strangers?.cores ?? null),
    busiestStranger: strangers?.busiest?.program ?? null,
  };
}

/** As the machine's facts have it, or as its kernel told while it was read. */
function coresThere(evidence: Evidence, on: string): number | null {
  if (on === evidence.host) return evidence.machine?.cpuCount ?? null;
  return medianLevel(evidence.series("host-cpu", "cpus", on));
}

function sumOrNull(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** All servers whose processes were seen on that host, together. */
function postgresCoresOf(
  evidence: Evidence,
  name: "cpuMs" | "cpuWaitMs",
  host: string,
): number | null {
  let total: number | null = null;
  for (const on of evidence.instances.filter((one) => evidence.hostOf(one) === host)) {
    const cores = coresOf(evidence.keyed("postgres-processes", name, on)?.get("all") ?? null);
    if (cores !== null) total = (total ?? 0) + cores;
  }
  return total;
}

function waitShareOf(ranCores: number | null, waitedCores: number | null): number | null {
  if (ranCores === null || waitedCores === null || ranCores + waitedCores === 0) return null;
  return waitedCores / (ranCores + waitedCores);
}

interface Strangers {
  readonly cores: number;
  readonly clientCores: number;
  readonly busiest: { readonly program: string; readonly cores: number } | null;
}

/** Programs without a connection that may lead to the server. */
function strangersOf(evidence: Evidence, on: string): Strangers | null {
  const used = evidence.keyed("host-programs", "cpuMs", on);
  const asClient = evidence.keyed("host-programs", "clientCpuMs", on);
  if (used === null || asClient === null || used.size === 0) return null;
  // All programs are read at the same instants; a short window holds few of them.
  const [{ t }] = [...used.values()] as [Series];
  const spanMs = (t.at(-1) ?? 0) - (t[0] ?? 0);
  if (spanMs <= 0) return null;
  let cores = 0;
  let clientCores = 0;
  let busiest: Strangers["busiest"] = null;
  for (const [program, series] of used) {
    const clientMs = grownFromAbsence(asClient.get(program) ?? null);
    const own = Math.max(0, grownFromAbsence(series) - clientMs) / spanMs;
    clientCores += clientMs / spanMs;
    cores += own;
    if (own > 0 && (busiest === null || own > busiest.cores)) busiest = { program, cores: own };
  }
  return { cores, clientCores, busiest };
}

/** A program that is first seen in the middle had used nothing before. */
function grownFromAbsence(series: Series | null): number {
  const last = series?.v.findLast((value) => value !== null) ?? 0;
  const first = series?.v[0] ?? 0;
  return Math.max(0, last - first);
}

/**
 * CPU time per time, from the first to the last sample. These counters are sums over processes that
 * come and go: they may slip back a little, which is no reset, so that only the ends are looked at.
 */
function coresOf(series: Series | null): number | null {
  if (series === null) return null;
  const first = series.v.findIndex((value) => value !== null);
  const last = series.v.findLastIndex((value) => value !== null);
  const elapsedMs = (series.t[last] ?? 0) - (series.t[first] ?? 0);
  if (first < 0 || elapsedMs <= 0) return null;
  return Math.max(0, series.v[last]! - series.v[first]!) / elapsedMs;
}
