import type { SeenHost } from "../contracts/host.ts";
import { defineHostProbe } from "../contracts/host-probe.ts";
import { type HostFiles, readFileOn } from "../lib/host-files.ts";
import { readAllProcesses } from "../lib/host-processes.ts";
import { type CgroupReader, openCgroups, type ProcessCgroup } from "../lib/proc-cgroup.ts";
import { type ClientFinder, openClientFinder } from "../lib/proc-clients.ts";
import type { ProcessStat } from "../lib/proc-stat.ts";
import type { SystemConstants } from "../lib/proc-system.ts";

/** Parent of the kernel's own threads; in a container its number is somebody else's. */
const KERNEL_THREADS = "kthreadd";
/** A process is looked at closely each time that it used this much. */
const CLOSE_LOOK_MS = 50;
/** Programs told in one sample, the busiest first. */
const PROGRAMS_MAX = 20;

/**
 * Who else uses the CPU. A program that holds no connection to the server cannot be its load, so that
 * a neighbour can be told from the clients of whoever loads the server.
 */
export const hostPrograms = defineHostProbe({
  id: "host-programs",
  summary:
    "CPU of the programs on the host, without PostgreSQL, pgdyno, and what they start. Key: the program's name.",
  source: "https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html",
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
  async open({ host, instance, missing }) {
    const postmasterPid = instance?.postmasterPid ?? null;
    if (instance === null || postmasterPid === null) {
      missing("Who else uses the server's CPU is not seen: it is on another machine.");
      return null;
    }
    const { files, ownPid } = host;
    if ((await readFileOn(files, "/proc/self/stat")) === null) {
      missing("/proc is not there: this host does not have it.");
      return null;
    }
    const ports = new Set(instance.monitorEndpoint.hosts.map(({ port }) => port));
    const tally = new ProgramTally(host, {
      constants: await host.constants(),
      finder: await openClientFinder({ files, ports, postmasterPid, ownPid }),
      limits: new ClientLimits(files, await openCgroups(files)),
    });
    await tally.count();
    return { read: async () => ({ k: await tally.count() }) };
  },
});

interface Seen {
  readonly startedAt: number;
  readonly cpuMs: number;
  /** When its sockets were last looked at. */
  readonly lookedAtCpuMs: number;
  readonly mayBeClient: boolean;
}

/** Types, since readings are records of numbers. */
type Sums = { cpuMs: number; clientCpuMs: number };

interface TallyTools {
  readonly constants: SystemConstants;
  readonly finder: ClientFinder;
  readonly limits: ClientLimits;
}

class ProgramTally {
  readonly #host: SeenHost;
  readonly #tools: TallyTools;
  readonly #sums = new Map<string, Sums>();
  #live = new Map<number, Seen>();
  #isFirst = true;

  constructor(host: SeenHost, tools: TallyTools) {
    this.#host = host;
    this.#tools = tools;
  }

  async count(): Promise<Record<string, Sums & ClientLimit>> {
    const { constants, finder, limits } = this.#tools;
    const live = new Map<number, Seen>();
    const clients: ProcessStat[] = [];
    const look = finder.look();
    for (const stat of await readPrograms(this.#host)) {
      const cpuMs = ((stat.user + stat.system) * 1000) / constants.clockTicksPerSecond;
      const known = this.#live.get(stat.pid);
      const before = known?.startedAt === stat.startedAt ? known : undefined;
      // What a process used before the first reading is nobody's concern.
      const wasMs = before?.cpuMs ?? (this.#isFirst ? cpuMs : 0);
      const usedMs = Math.max(0, cpuMs - wasMs);
      const sinceLookMs = cpuMs - (before?.lookedAtCpuMs ?? wasMs);
      const isLooked = before?.mayBeClient !== true && sinceLookMs >= CLOSE_LOOK_MS;
      const mayBeClient =
        before?.mayBeClient === true || (isLooked && (await look.mayBeClient(stat.pid)));
      const lookedAtCpuMs = isLooked ? cpuMs : (before?.lookedAtCpuMs ?? wasMs);
      live.set(stat.pid, { startedAt: stat.startedAt, cpuMs, lookedAtCpuMs, mayBeClient });
      if (mayBeClient) clients.push(stat);
      if (usedMs === 0) continue;
      const sums = this.#sums.get(stat.command) ?? { cpuMs: 0, clientCpuMs: 0 };
      sums.cpuMs += usedMs;
      if (mayBeClient) sums.clientCpuMs += usedMs;
      this.#sums.set(stat.command, sums);
    }
    await limits.read(clients);
    this.#live = live;
    this.#isFirst = false;
    const busiest = [...this.#sums].toSorted(([, a], [, b]) => b.cpuMs - a.cpuMs);
    const told = busiest.slice(0, PROGRAMS_MAX);
    return Object.fromEntries(told.map(([name, sums]) => [name, { ...sums, ...limits.of(name) }]));
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
  readonly #files: HostFiles;
  readonly #readCgroups: CgroupReader;
  readonly #groups = new Map<string, Map<string, Group>>();

  constructor(files: HostFiles, readCgroups: CgroupReader) {
    this.#files = files;
    this.#readCgroups = readCgroups;
  }

  /** Every group once, however many of a program's processes are in it. */
  async read(clients: readonly ProcessStat[]): Promise<void> {
    const texts = await this.#files.read(clients.map(({ pid }) => `/proc/${pid}/cgroup`));
    const members = new Map(clients.map((client, i) => [`${client.command} ${texts[i]}`, client]));
    const some = [...members.values()];
    const found = await this.#readCgroups(some.map(({ pid }) => pid));
    for (const [i, { command }] of some.entries()) this.#note(command, found[i] ?? null);
  }

  #note(program: string, found: ProcessCgroup | null): void {
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

async function readPrograms({ files, ownPid }: SeenHost): Promise<readonly ProcessStat[]> {
  const all = new Map((await readAllProcesses(files)).map((stat) => [stat.pid, stat]));
  return [...all.values()].filter((stat) => !isAccountedFor(stat, all, ownPid));
}

/** The kernel, this program, PostgreSQL, and what they start: an archive command is the server's own. */
function isAccountedFor(
  stat: ProcessStat,
  all: ReadonlyMap<number, ProcessStat>,
  ownPid: number | null,
): boolean {
  let one: ProcessStat | undefined = stat;
  while (one !== undefined) {
    if (one.pid === ownPid || (one.command === KERNEL_THREADS && one.parent === 0)) return true;
    if (/^(?:postgres|postmaster)$/.test(one.command)) return true;
    one = all.get(one.parent);
  }
  return false;
}
