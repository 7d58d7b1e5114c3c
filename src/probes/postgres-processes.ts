import type { Probe } from "../contracts/probe.ts";
import type { HostFiles } from "../lib/host-files.ts";
import { type ProcessFamily, readFamilies } from "../lib/host-processes.ts";
import { postgresProcessKind } from "../lib/proc-postgres-title.ts";
import { parseProcessStat, parseSchedstat, type ProcessStat } from "../lib/proc-stat.ts";
import type { SystemConstants } from "../lib/proc-system.ts";

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
  async open({ instance, host, missing }) {
    const pid = instance?.postmasterPid ?? null;
    if (pid === null || !host.isSeen) {
      missing("The server's processes are not seen: they are on another machine.");
      return null;
    }
    const { files } = host;
    const find = async () => (await readFamilies(files, [pid]))[0] ?? null;
    if ((await find()) === null) {
      missing(`/proc/${pid} cannot be read: only Linux has it.`);
      return null;
    }
    const tally = new ProcessTally(files, await host.constants());
    return {
      async read() {
        const family = await find();
        if (family === null) throw new Error(`The postmaster, process ${pid}, is gone.`);
        return { k: await tally.count(family) };
      },
    };
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

/** A process as it is now. */
interface Found {
  readonly stat: ProcessStat;
  readonly cpuWaitMs: number | null;
}

/** Remembers what ended processes had used when last seen, so that the sums only grow. */
class ProcessTally {
  readonly #files: HostFiles;
  readonly #constants: SystemConstants;
  readonly #ended = new Map<string, { cpuMs: number; cpuWaitMs: number | null }>();
  #live = new Map<number, Seen>();

  constructor(files: HostFiles, constants: SystemConstants) {
    this.#files = files;
    this.#constants = constants;
  }

  async count({
    stat: postmaster,
    children,
  }: ProcessFamily): Promise<Record<string, { [K in keyof Sums]: Sums[K] }>> {
    const live = new Map<number, Seen>();
    const all = emptySums();
    const kinds = new Map<string, Sums>();
    const found = await this.#read([postmaster.pid, ...children]);
    const titles = await this.#titlesOf(found);
    for (const { stat, cpuWaitMs } of found) {
      const isPostmaster = stat.pid === postmaster.pid;
      // The archiver and others start commands: once they ended, their CPU is on its account. What the
      // postmaster waited for is counted below.
      const commands = isPostmaster ? 0 : stat.childrenUser + stat.childrenSystem;
      const seen = {
        kind: isPostmaster ? "postmaster" : (titles.get(stat.pid) ?? null),
        cpuMs: this.#toMs(stat.user + stat.system + commands),
        cpuWaitMs,
        startedAt: stat.startedAt,
      };
      if (!isPostmaster) live.set(stat.pid, seen);
      this.#add(all, stat, seen);
      this.#add(sumsOf(kinds, seen.kind ?? "starting"), stat, seen);
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

  async #read(pids: readonly number[]): Promise<readonly Found[]> {
    const texts = await this.#files.read(
      pids.flatMap((pid) => [`/proc/${pid}/stat`, `/proc/${pid}/schedstat`]),
    );
    return pids.flatMap((_, i) => {
      const stat = parseProcessStat(texts[2 * i] ?? "");
      const schedule = parseSchedstat(texts[2 * i + 1] ?? "");
      return stat === null ? [] : [{ stat, cpuWaitMs: schedule?.waitMs ?? null }];
    });
  }

  /** Kinds by process; read once for each, since a title says it as long as it lives. */
  async #titlesOf(found: readonly Found[]): Promise<ReadonlyMap<number, string | null>> {
    const kinds = new Map<number, string | null>();
    for (const { stat } of found) {
      const before = this.#live.get(stat.pid);
      if (before?.startedAt === stat.startedAt) kinds.set(stat.pid, before.kind);
    }
    const fresh = found
      .map(({ stat }) => stat.pid)
      .filter((pid) => (kinds.get(pid) ?? null) === null);
    const titles = await this.#files.read(fresh.map((pid) => `/proc/${pid}/cmdline`));
    for (const [i, pid] of fresh.entries()) kinds.set(pid, postgresProcessKind(titles[i] ?? ""));
    return kinds;
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
