import { readdirSync, readlinkSync } from "node:fs";
import type { Probe } from "../contracts/probe.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { clientSocketsOf } from "../lib/proc-net-sockets.ts";
import { parseProcessStat, type ProcessStat } from "../lib/proc-stat.ts";
import { readSystemConstants } from "../lib/proc-system.ts";

/** Parent of the kernel's own threads. */
const KERNEL_THREADS = 2;
/** A process is looked at closely once it used this much between two readings. */
const CLOSE_LOOK_MS = 50;
/** Programs told in one sample, the busiest first. */
const PROGRAMS_MAX = 20;

/**
 * Who else uses the CPU. A program that holds no connection to the server cannot be its load, so that
 * a neighbour can be told from the clients of whoever loads the server.
 */
export const hostPrograms: Probe = {
  id: "host-programs",
  summary:
    "CPU of the programs on this machine, without PostgreSQL, this one, and what they start. Key: the program's name.",
  source: "https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html",
  scope: "host",
  everyMs: 2000,
  keyed: true,
  series: {
    cpuMs: {
      unit: "ms",
      kind: "counter",
      doc: "CPU used since the first reading, by processes that lived long enough to be seen.",
    },
    clientCpuMs: {
      unit: "ms",
      kind: "counter",
      doc: "The part of it by processes that have, or had, a connection that may lead to the server; those that may not be looked at count here.",
    },
  },
  open({ instance, missing }) {
    if (instance.postmasterPid === null) {
      missing("Who else uses the server's CPU is not seen: it is on another machine.");
      return Promise.resolve(null);
    }
    if (readTextOrNull("/proc/self/stat") === null) {
      missing("/proc is not there: this machine does not have it.");
      return Promise.resolve(null);
    }
    const ports = new Set(instance.monitorEndpoint.hosts.map(({ port }) => port));
    const tally = new ProgramTally(ports);
    tally.count();
    return Promise.resolve({ read: () => Promise.resolve({ k: tally.count() }) });
  },
};

interface Seen {
  readonly startedAt: number;
  readonly cpuMs: number;
  readonly mayBeClient: boolean;
}

class ProgramTally {
  readonly #ports: ReadonlySet<number>;
  readonly #constants = readSystemConstants();
  readonly #sums = new Map<string, { cpuMs: number; clientCpuMs: number }>();
  #live = new Map<number, Seen>();
  #isFirst = true;

  constructor(ports: ReadonlySet<number>) {
    this.#ports = ports;
  }

  count(): Record<string, { cpuMs: number; clientCpuMs: number }> {
    const live = new Map<number, Seen>();
    let sockets: ReadonlySet<string> | null = null;
    // The kernel walks all of its sockets for that: only where somebody is to be looked at.
    const isClient = (pid: number) => holdsOneOf(pid, (sockets ??= clientSocketsOf(this.#ports)));
    for (const stat of readPrograms()) {
      const cpuMs = ((stat.user + stat.system) * 1000) / this.#constants.clockTicksPerSecond;
      const known = this.#live.get(stat.pid);
      const before = known?.startedAt === stat.startedAt ? known : undefined;
      // What a process used before the first reading is nobody's concern.
      const usedMs = Math.max(0, cpuMs - (before?.cpuMs ?? (this.#isFirst ? cpuMs : 0)));
      const mayBeClient =
        before?.mayBeClient === true || (usedMs >= CLOSE_LOOK_MS && isClient(stat.pid));
      live.set(stat.pid, { startedAt: stat.startedAt, cpuMs, mayBeClient });
      if (usedMs === 0) continue;
      const sums = this.#sums.get(stat.command) ?? { cpuMs: 0, clientCpuMs: 0 };
      sums.cpuMs += usedMs;
      if (mayBeClient) sums.clientCpuMs += usedMs;
      this.#sums.set(stat.command, sums);
    }
    this.#live = live;
    this.#isFirst = false;
    const busiest = [...this.#sums].toSorted(([, a], [, b]) => b.cpuMs - a.cpuMs);
    return Object.fromEntries(
      busiest.slice(0, PROGRAMS_MAX).map(([name, sums]) => [name, { ...sums }]),
    );
  }
}

function readPrograms(): ProcessStat[] {
  const all = new Map<number, ProcessStat>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseProcessStat(readTextOrNull(`/proc/${name}/stat`) ?? "");
    if (stat !== null) all.set(stat.pid, stat);
  }
  return [...all.values()].filter((stat) => !isAccountedFor(stat, all));
}

/** The kernel, this program, PostgreSQL, and what they start: an archive command is the server's own. */
function isAccountedFor(stat: ProcessStat, all: ReadonlyMap<number, ProcessStat>): boolean {
  let one: ProcessStat | undefined = stat;
  while (one !== undefined) {
    if (one.pid === process.pid || one.pid === KERNEL_THREADS) return true;
    if (/^(?:postgres|postmaster)$/.test(one.command)) return true;
    one = all.get(one.parent);
  }
  return false;
}

function holdsOneOf(pid: number, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      } catch {
        return false; // Closed meanwhile.
      }
    });
  } catch {
    return true; // Another user's: nobody can tell.
  }
}
