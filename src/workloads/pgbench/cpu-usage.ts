import { readFileSync } from "node:fs";

/** `USER_HZ` is 100 on every Linux that Node supports: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const CLOCK_TICK_MS = 10;
/** Samples closer than this only measure the size of a tick. */
const SAMPLE_MS_MIN = 200;

/** CPU of one process, followed while it runs. */
export interface CpuUsage {
  /** Looks once, at `atMs` of the run's clock. */
  sample(atMs: number): void;
  /** Cores used between two instants; `null` where it cannot be told (not Linux, no sample there). */
  coresBetween(fromMs: number, toMs: number): number | null;
  /** CPU up to the last look; `null` where there was none. */
  totalMs(): number | null;
}

/** User and system time of the process with all its threads so far; `null` off Linux or when gone. */
export function readProcessCpuMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * CLOCK_TICK_MS : null;
  } catch {
    return null; // No /proc here, or the process has ended.
  }
}

/** A process that was started at `startMs`; `read` gives its CPU milliseconds so far, or `null`. */
export function followCpu(startMs: number, read: () => number | null): CpuUsage {
  const samples: { readonly atMs: number; readonly cpuMs: number }[] = [
    { atMs: startMs, cpuMs: 0 },
  ];

  /** Between two looks the process is taken to have worked evenly. */
  function cpuMsAt(atMs: number): number | null {
    const after = samples.findIndex((sample) => sample.atMs >= atMs);
    const right = samples[after];
    const left = samples[after - 1];
    if (right === undefined) return null; // A later look is needed.
    if (left === undefined) return atMs === right.atMs ? right.cpuMs : null;
    const share = (atMs - left.atMs) / (right.atMs - left.atMs);
    return left.cpuMs + share * (right.cpuMs - left.cpuMs);
  }

  return {
    sample(atMs) {
      const last = samples.at(-1)!;
      if (atMs - last.atMs < SAMPLE_MS_MIN) return;
      const cpuMs = read();
      if (cpuMs !== null) samples.push({ atMs, cpuMs });
    },
    coresBetween(fromMs, toMs) {
      const before = cpuMsAt(fromMs);
      const after = cpuMsAt(toMs);
      // Seconds are asked for in order: what is older is not needed again.
      const used = samples.findIndex((sample) => sample.atMs >= fromMs);
      if (used > 1) samples.splice(0, used - 1);
      return before === null || after === null || toMs <= fromMs
        ? null
        : (after - before) / (toMs - fromMs);
    },
    totalMs: () => (samples.length > 1 ? samples.at(-1)!.cpuMs : null),
  };
}
