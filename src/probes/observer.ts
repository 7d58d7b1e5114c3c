import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Probe } from "../contracts/probe.ts";
import { childrenOf } from "../lib/proc-children.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { parseProcessStat, parseSchedstat } from "../lib/proc-stat.ts";
import { readSystemConstants } from "../lib/proc-system.ts";

const ONLY_LINUX = "Null on other systems than Linux.";
const NS_PER_MS = 1e6;
/** Of the timer behind the delay: it is taken off, so that an idle loop reads about 0. */
const DELAY_RESOLUTION_MS = 10;

/** What this very program costs: with it the reader can tell load, server and neighbours apart. */
export const observer: Probe = {
  id: "observer",
  summary:
    "CPU, memory and event loop of pgdyno's own process and of the programs that it started.",
  source: "https://nodejs.org/docs/latest-v20.x/api/process.html#processcpuusagepreviousvalue",
  scope: "host",
  everyMs: 1000,
  keyed: false,
  series: {
    cpuMs: {
      unit: "ms",
      kind: "counter",
      doc: "CPU of this process, user and system, worker threads of the native generator included.",
    },
    mainThreadCpuMs: {
      unit: "ms",
      kind: "counter",
      doc: `CPU of its main thread: engine and probes. ${ONLY_LINUX}`,
    },
    mainThreadWaitMs: {
      unit: "ms",
      kind: "counter",
      doc: `Time that the main thread was ready and had no CPU. ${ONLY_LINUX}`,
    },
    childrenCpuMs: {
      unit: "ms",
      kind: "counter",
      doc: `CPU of the programs that it started (pgbench, …), servers left out while they run. ${ONLY_LINUX}`,
    },
    rssBytes: { unit: "bytes", kind: "gauge", doc: "Resident memory of this process." },
    heapBytes: { unit: "bytes", kind: "gauge", doc: "JavaScript objects in it." },
    eventLoopDelayMsP99: {
      unit: "ms",
      kind: "gauge",
      doc: "p99 of how late its timers came since the last sample. Null where none came.",
    },
    eventLoopDelayMsMax: { unit: "ms", kind: "gauge", doc: "The longest such delay." },
    eventLoopUtilization: {
      unit: "ratio",
      kind: "gauge",
      doc: "Share of the time since the last sample in which the event loop was busy.",
    },
  },
  open() {
    const delays = watchEventLoop();
    const { clockTicksPerSecond } = readSystemConstants();
    const toMs = (ticks: number) => (ticks * 1000) / clockTicksPerSecond;
    let utilization = performance.eventLoopUtilization();
    return Promise.resolve({
      read() {
        const { user, system } = process.cpuUsage();
        const { rss, heapUsed } = process.memoryUsage();
        const thread = parseSchedstat(
          readTextOrNull(`/proc/self/task/${process.pid}/schedstat`) ?? "",
        );
        const delay = (ns: number) =>
          delays.count === 0 ? null : Math.max(0, ns / NS_PER_MS - DELAY_RESOLUTION_MS);
        const now = performance.eventLoopUtilization();
        const v = {
          cpuMs: (user + system) / 1000,
          mainThreadCpuMs: thread?.cpuMs ?? null,
          mainThreadWaitMs: thread?.waitMs ?? null,
          childrenCpuMs: childrenCpuMs(toMs),
          rssBytes: rss,
          heapBytes: heapUsed,
          eventLoopDelayMsP99: delay(delays.percentile(99)),
          eventLoopDelayMsMax: delay(delays.max),
          eventLoopUtilization: performance.eventLoopUtilization(now, utilization).utilization,
        };
        utilization = now;
        delays.reset();
        return Promise.resolve({ v });
      },
    });
  },
};

let watched: ReturnType<typeof monitorEventLoopDelay> | undefined;

/** One watch for the whole process: a probe is opened anew for each trial and never closed. */
function watchEventLoop(): ReturnType<typeof monitorEventLoopDelay> {
  if (watched === undefined) {
    watched = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
    watched.enable();
  }
  watched.reset();
  return watched;
}

/** Live children and their live children, and all that were waited for; `null` off Linux. */
function childrenCpuMs(toMs: (ticks: number) => number): number | null {
  const own = parseProcessStat(readTextOrNull("/proc/self/stat") ?? "");
  if (own === null) return null;
  const live = (pid: number): number =>
    (childrenOf(pid) ?? []).reduce((sum, child) => {
      const stat = parseProcessStat(readTextOrNull(`/proc/${child}/stat`) ?? "");
      if (stat === null || stat.command === "postgres") return sum;
      const { user, system, childrenUser, childrenSystem } = stat;
      return sum + user + system + childrenUser + childrenSystem + live(child);
    }, 0);
  return toMs(own.childrenUser + own.childrenSystem + live(process.pid));
}
