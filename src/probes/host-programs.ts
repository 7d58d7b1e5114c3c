import { readdirSync } from "node:fs";
import type { Probe } from "../contracts/probe.ts";
import { openCgroups } from "../lib/proc-cgroup.ts";
import { ClientFinder } from "../lib/proc-clients.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { parseProcessStat, type ProcessStat } from "../lib/proc-stat.ts";
import { readSystemConstants } from "../lib/proc-system.ts";

/** Parent of the kernel's own threads. */
const KERNEL_THREADS = 2;
/** A process is looked at closely each time that it used this much. */
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
      doc: "The part of it by processes that have, or had, a connection that may lead to the server, straight or through a pooler; those that may not be looked at count here.",
    },
    clientPeriods: {
      unit: "count",
      kind: "counter",
      doc: "Periods of the CPU limit on these processes' control groups in which they wanted CPU, since they were first seen. 0 without a limit.",
    },
    clientThrottledPeriods: {
      unit: "count",
      kind: "counter",
      doc: "Of these, periods in which they were stopped at their limit.",
    },
    clientQuotaCores: {
      unit: "count",
      kind: "gauge",
      doc: "CPUs' worth of time that the tightest of these limits allows. Null without one.",
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
    const tally = new ProgramTally(new ClientFinder(ports, instance.postmasterPid));
    tally.count();
    return Promise.resolve({ read: () => Promise.resolve({ k: tally.count() }) });
  },
};

interface Seen {
  readonly startedAt: number;
  readonly cpuMs: number;
  /** When its sockets were last looked at. */
  readonly lookedAtCpuMs: number;
  readonly mayBeClient: boolean;
}

/** Types, since readings are records of numbers. */
type Sums = { cpuMs: number; clientCpuMs: number };

class ProgramTally {
  readonly #finder: ClientFinder;
  readonly #constants = readSystemConstants();
  readonly #limits = new ClientLimits();
  readonly #sums = new Map<string, Sums>();
  #live = new Map<number, Seen>();
  #isFirst = true;

  constructor(finder: ClientFinder) {
    this.#finder = finder;
  }

  count(): Record<string, Sums & ClientLimit> {
    const live = new Map<number, Seen>();
    const look = this.#finder.look();
    this.#limits.begin();
    for (const stat of readPrograms()) {
      const cpuMs = ((stat.user + stat.system) * 1000) / this.#constants.clockTicksPerSecond;
      const known = this.#live.get(stat.pid);
      const before = known?.startedAt === stat.startedAt ? known : undefined;
      // What a process used before the first reading is nobody's concern.
      const wasMs = before?.cpuMs ?? (this.#isFirst ? cpuMs : 0);
      const usedMs = Math.max(0, cpuMs - wasMs);
      const sinceLookMs = cpuMs - (before?.lookedAtCpuMs ?? wasMs);
      const isLooked = before?.mayBeClient !== true && sinceLookMs >= CLOSE_LOOK_MS;
      const mayBeClient = before?.mayBeClient === true || (isLooked && look.mayBeClient(stat.pid));
      const lookedAtCpuMs = isLooked ? cpuMs : (before?.lookedAtCpuMs ?? wasMs);
      live.set(stat.pid, { startedAt: stat.startedAt, cpuMs, lookedAtCpuMs, mayBeClient });
      if (mayBeClient) this.#limits.read(stat.command, stat.pid);
      if (usedMs === 0) continue;
      const sums = this.#sums.get(stat.command) ?? { cpuMs: 0, clientCpuMs: 0 };
      sums.cpuMs += usedMs;
      if (mayBeClient) sums.clientCpuMs += usedMs;
      this.#sums.set(stat.command, sums);
    }
    this.#live = live;
    this.#isFirst = false;
    const busiest = [...this.#sums].toSorted(([, a], [, b]) => b.cpuMs - a.cpuMs);
    const told = busiest.slice(0, PROGRAMS_MAX);
    return Object.fromEntries(
      told.map(([name, sums]) => [name, { ...sums, ...this.#limits.of(name) }]),
    );
  }
}

type ClientLimit = {
  readonly clientPeriods: number;
  readonly clientThrottledPeriods: number;
  readonly clientQuotaCores: number | null;
};

interface Group {
  readonly first: { readonly periods: number; readonly throttled: number };
  periods: number;
  throttled: number;
  quotaCores: number | null;
}

/** CPU limits of the control groups that the clients of each program are in, each group once. */
class ClientLimits {
  readonly #readCgroup = openCgroups();
  readonly #groups = new Map<string, Map<string, Group>>();
  #readAlready = new Set<string>();

  /** From here on every group is read once more. */
  begin(): void {
    this.#readAlready = new Set();
  }

  read(program: string, pid: number): void {
    const member = `${program} ${readTextOrNull(`/proc/${pid}/cgroup`)}`;
    if (this.#readAlready.has(member)) return;
    this.#readAlready.add(member);
    const found = this.#readCgroup(pid);
    if (found === null) return;
    const { periods, throttledPeriods, quotaCores } = found.reading;
    if (periods === null || throttledPeriods === null) return;
    const groups = this.#groups.get(program) ?? new Map<string, Group>();
    const first = groups.get(found.path)?.first ?? { periods, throttled: throttledPeriods };
    groups.set(found.path, { first, periods, throttled: throttledPeriods, quotaCores });
    this.#groups.set(program, groups);
  }

  of(program: string): ClientLimit {
    const groups = [...(this.#groups.get(program)?.values() ?? [])];
    const quotas = groups.flatMap(({ quotaCores }) => quotaCores ?? []);
    const sum = (of: (group: Group) => number) => groups.reduce((all, one) => all + of(one), 0);
    return {
      clientPeriods: sum(({ periods, first }) => periods - first.periods),
      clientThrottledPeriods: sum(({ throttled, first }) => throttled - first.throttled),
      clientQuotaCores: quotas.length === 0 ? null : Math.min(...quotas),
    };
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
