/** `/proc/stat`: time of all CPUs in clock ticks since boot, and counts of the scheduler. */
export interface HostStat {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
  readonly cpus: number;
  readonly contextSwitches: number;
  readonly forks: number;
  readonly running: number;
  readonly blocked: number;
}

/**
 * Guest time is left out: it is already in `user` and `nice`.
 *
 * @see https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
 */
export function parseHostStat(text: string): HostStat | null {
  const ticks = /^cpu +(.+)$/m.exec(text)?.[1]?.split(" ").map(Number);
  if (ticks === undefined || ticks.length < 8) return null;
  const [user, nice, system, idle, iowait, irq, softirq, steal] = ticks as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const count = (name: string) => Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? NaN);
  return {
    user,
    nice,
    system,
    idle,
    iowait,
    irq,
    softirq,
    steal,
    cpus: [...text.matchAll(/^cpu\d+ /gm)].length,
    contextSwitches: count("ctxt"),
    forks: count("processes"),
    running: count("procs_running"),
    blocked: count("procs_blocked"),
  };
}

/** `/proc/<pid>/stat`, as far as it is used; times in clock ticks. */
export interface ProcessStat {
  readonly pid: number;
  readonly command: string;
  readonly parent: number;
  readonly user: number;
  readonly system: number;
  /** Of children that have ended and were waited for. */
  readonly childrenUser: number;
  readonly childrenSystem: number;
  readonly threads: number;
  /** Ticks from boot to its start: tells two processes of the same id apart. */
  readonly startedAt: number;
  readonly residentPages: number;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function parseProcessStat(text: string): ProcessStat | null {
  // The command stands in parentheses and may hold blanks and parentheses itself.
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  if (open < 0 || close < open || fields.length < 22) return null;
  const field = (position: number) => Number(fields[position - 3]);
  return {
    pid: Number(text.slice(0, open)),
    command: text.slice(open + 1, close),
    parent: field(4),
    user: field(14),
    system: field(15),
    childrenUser: field(16),
    childrenSystem: field(17),
    threads: field(20),
    startedAt: field(22),
    residentPages: field(24),
  };
}

/** `/proc/<pid>/schedstat`: time on a CPU and time spent waiting for one; `null` where not kept. */
export function parseSchedstat(
  text: string,
): { readonly cpuMs: number; readonly waitMs: number } | null {
  const match = /^(\d+) (\d+) \d+/.exec(text);
  return match === null ? null : { cpuMs: Number(match[1]) / 1e6, waitMs: Number(match[2]) / 1e6 };
}
