import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { defineHostProbe } from "../contracts/host-probe.ts";
import { type HostFiles, readFileOn } from "../lib/host-files.ts";
import { readFamilies } from "../lib/host-processes.ts";
import { parseSchedstat } from "../lib/proc-stat.ts";

const ONLY_LINUX = "Null on other systems than Linux.";
const NS_PER_MS = 1e6;
/** Of the timer behind the delay: it is taken off, so that an idle loop reads about 0. */
const DELAY_RESOLUTION_MS = 10;

/** What this very program costs: with it the reader can tell load, server and neighbours apart. */
export const observer = defineHostProbe({
  id: "observer",
  summary:
    "CPU, memory and event loop of pgdyno's own process and of the programs that it started.",
  source: "https://nodejs.org/docs/latest-v20.x/api/process.html#processcpuusagepreviousvalue",
  scope: "observer",
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
  async open({ host: { files, constants } }) {
    const delays = watchEventLoop();
    const { clockTicksPerSecond } = await constants();
    const toMs = (ticks: number) => (ticks * 1000) / clockTicksPerSecond;
    let utilization = performance.eventLoopUtilization();
    return {
      async read() {
        const [schedule, childrenMs] = await Promise.all([
          readFileOn(files, `/proc/self/task/${process.pid}/schedstat`),
          childrenCpuMs(files, toMs),
        ]);
        const thread = parseSchedstat(schedule ?? "");
        const { user, system } = process.cpuUsage();
        const { rss, heapUsed } = process.memoryUsage();
        const delay = (ns: number) =>
          delays.count === 0 ? null : Math.max(0, ns / NS_PER_MS - DELAY_RESOLUTION_MS);
        const now = performance.eventLoopUtilization();
        const v = {
          cpuMs: (user + system) / 1000,
          mainThreadCpuMs: thread?.cpuMs ?? null,
          mainThreadWaitMs: thread?.waitMs ?? null,
          childrenCpuMs: childrenMs,
          rssBytes: rss,
          heapBytes: heapUsed,
          eventLoopDelayMsP99: delay(delays.percentile(99)),
          eventLoopDelayMsMax: delay(delays.max),
          eventLoopUtilization: performance.eventLoopUtilization(now, utilization).utilization,
        };
        utilization = now;
        delays.reset();
        return { v };
      },
    };
  },
});

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
async function childrenCpuMs(
  files: HostFiles,
  toMs: (ticks: number) => number,
): Promise<number | null> {
  const [own = null] = await readFamilies(files, [process.pid]);
  if (own === null) return null;
  let ticks = own.stat.childrenUser + own.stat.childrenSystem;
  for (let next = own.children; next.length > 0;) {
    const families = (await readFamilies(files, next)).filter((family) => family !== null);
    const programs = families.filter(({ stat }) => stat.command !== "postgres");
    for (const { stat } of programs) {
      ticks += stat.user + stat.system + stat.childrenUser + stat.childrenSystem;
    }
    next = programs.flatMap(({ children }) => children);
  }
  return toMs(ticks);
}
