import type { Probe } from "../contracts/probe.ts";
import { childrenOf } from "../lib/proc-children.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { postgresProcessKind } from "../lib/proc-postgres-title.ts";
import { parseProcessStat, parseSchedstat, type ProcessStat } from "../lib/proc-stat.ts";
import { readSystemConstants } from "../lib/proc-system.ts";

const counter = (doc: string) => ({ unit: "ms", kind: "counter", doc }) as const;

/** CPU and memory of a server's processes, by kind. */
export const postgresProcesses: Probe = {
  id: "postgres-processes",
  summary:
    "CPU and memory of the server's processes. Keys: `all`, `postmaster`, and kinds as pg_stat_activity names them (`client backend`, `checkpointer`, `startup`, …).",
  source: "https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html",
  scope: "instance",
  everyMs: 1000,
  keyed: true,
  series: {
    cpuMs: counter(
      "CPU used, that of commands which ended for the server (`archive_command`) with it. `all` counts ended processes too; a kind loses what a process used after it was last seen.",
    ),
    cpuWaitMs: counter(
      "Time ready to run and without a CPU, of the processes seen: much of it is a saturated CPU. Null where the kernel does not keep it.",
    ),
    processes: { unit: "count", kind: "gauge", doc: "Processes alive." },
    threads: { unit: "count", kind: "gauge", doc: "Their threads." },
    rssBytes: {
      unit: "bytes",
      kind: "gauge",
      doc: "Their resident memory; each counts the pages of shared_buffers that it touched.",
    },
  },
  open({ instance, missing }) {
    const pid = instance.postmasterPid;
    if (pid === null) {
      missing("The server's processes are not seen: they are on another machine.");
      return Promise.resolve(null);
    }
    if (readProcess(pid) === null) {
      missing(`/proc/${pid} cannot be read: only Linux has it.`);
      return Promise.resolve(null);
    }
    const tally = new ProcessTally();
    return Promise.resolve({
      read() {
        const postmaster = readProcess(pid);
        const children = childrenOf(pid);
        if (postmaster === null || children === null) {
          return Promise.reject(new Error(`The postmaster, process ${pid}, is gone.`));
        }
        return Promise.resolve({ k: tally.count(postmaster, children) });
      },
    });
  },
};

interface Sums {
  cpuMs: number;
  cpuWaitMs: number | null;
  processes: number;
  threads: number;
  rssBytes: number;
}

interface Seen {
  kind: string | null;
  cpuMs: number;
  cpuWaitMs: number | null;
  readonly startedAt: number;
}

/** Remembers what ended processes had used when last seen, so that the sums only grow. */
class ProcessTally {
  readonly #constants = readSystemConstants();
  readonly #ended = new Map<string, { cpuMs: number; cpuWaitMs: number | null }>();
  #live = new Map<number, Seen>();

  count(
    postmaster: ProcessStat,
    children: readonly number[],
  ): Record<string, { [K in keyof Sums]: Sums[K] }> {
    const live = new Map<number, Seen>();
    const all = emptySums();
    const kinds = new Map<string, Sums>();
    const own = this.#seen(postmaster, "postmaster", postmaster.user + postmaster.system);
    this.#add(all, postmaster, own);
    this.#add(sumsOf(kinds, "postmaster"), postmaster, own);
    for (const pid of children) {
      const stat = readProcess(pid);
      if (stat === null) continue;
      const before = this.#live.get(pid);
      const same = before?.startedAt === stat.startedAt ? before : undefined;
      const kind = same?.kind ?? postgresProcessKind(readTextOrNull(`/proc/${pid}/cmdline`) ?? "");
      // The archiver and others start commands: once they ended, their CPU is on its account.
      const commands = stat.childrenUser + stat.childrenSystem;
      const seen = this.#seen(stat, kind, stat.user + stat.system + commands);
      live.set(pid, seen);
      this.#add(all, stat, seen);
      this.#add(sumsOf(kinds, kind ?? "starting"), stat, seen);
    }
    this.#retire(live);
    for (const [kind, { cpuMs, cpuWaitMs }] of this.#ended) {
      const sums = sumsOf(kinds, kind);
      sums.cpuMs += cpuMs;
      sums.cpuWaitMs = plus(sums.cpuWaitMs, cpuWaitMs);
      all.cpuWaitMs = plus(all.cpuWaitMs, cpuWaitMs);
    }
    // What the postmaster has waited for is all that its ended children ever used.
    all.cpuMs += this.#toMs(postmaster.childrenUser + postmaster.childrenSystem);
    return { all, ...Object.fromEntries(kinds) };
  }

  #seen(stat: ProcessStat, kind: string | null, ticks: number): Seen {
    const schedule = parseSchedstat(readTextOrNull(`/proc/${stat.pid}/schedstat`) ?? "");
    return {
      kind,
      cpuMs: this.#toMs(ticks),
      cpuWaitMs: schedule?.waitMs ?? null,
      startedAt: stat.startedAt,
    };
  }

  #add(sums: Sums, stat: ProcessStat, { cpuMs, cpuWaitMs }: Seen): void {
    sums.cpuMs += cpuMs;
    sums.cpuWaitMs = plus(sums.cpuWaitMs, cpuWaitMs);
    sums.processes += 1;
    sums.threads += stat.threads;
    sums.rssBytes += stat.residentPages * this.#constants.pageBytes;
  }

  #retire(live: Map<number, Seen>): void {
    for (const [pid, seen] of this.#live) {
      if (live.get(pid)?.startedAt === seen.startedAt) continue;
      const kind = seen.kind ?? "starting";
      const before = this.#ended.get(kind) ?? { cpuMs: 0, cpuWaitMs: null };
      this.#ended.set(kind, {
        cpuMs: before.cpuMs + seen.cpuMs,
        cpuWaitMs: plus(before.cpuWaitMs, seen.cpuWaitMs),
      });
    }
    this.#live = live;
  }

  #toMs(ticks: number): number {
    return (ticks * 1000) / this.#constants.clockTicksPerSecond;
  }
}

function readProcess(pid: number): ProcessStat | null {
  return parseProcessStat(readTextOrNull(`/proc/${pid}/stat`) ?? "");
}

function emptySums(): Sums {
  return { cpuMs: 0, cpuWaitMs: null, processes: 0, threads: 0, rssBytes: 0 };
}

function sumsOf(kinds: Map<string, Sums>, kind: string): Sums {
  const sums = kinds.get(kind) ?? emptySums();
  kinds.set(kind, sums);
  return sums;
}

function plus(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
