import { findCgroup, type CgroupChain } from "./proc-cgroup-chain.ts";
import { parseNamedNumbers, readNumberOrNull, readTextOrNull } from "./proc-files.ts";
import { parsePressure } from "./proc-pressure.ts";

/** What a process's control groups count and allow. `null`: not counted here, or no limit. */
export interface CgroupReading {
  readonly cpuMs: number | null;
  readonly periods: number | null;
  readonly throttledPeriods: number | null;
  readonly throttledMs: number | null;
  readonly quotaCores: number | null;
  readonly memoryBytes: number | null;
  readonly memoryFileBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly memoryLimitHits: number | null;
  readonly oomKills: number | null;
  readonly reads: number | null;
  readonly readBytes: number | null;
  readonly writes: number | null;
  readonly writtenBytes: number | null;
  readonly readLimitPerSecond: number | null;
  readonly writeLimitPerSecond: number | null;
  readonly readLimitBytesPerSecond: number | null;
  readonly writeLimitBytesPerSecond: number | null;
  readonly cpuPressureMs: number | null;
  readonly ioPressureMs: number | null;
  readonly memoryPressureMs: number | null;
}

interface Chains {
  readonly cpu: CgroupChain;
  readonly cpuacct: CgroupChain | null;
  readonly memory: CgroupChain | null;
  readonly io: CgroupChain | null;
  readonly unified: CgroupChain | null;
}

/** Reads the groups of a process; `null` where it is gone or there are no control groups. */
export type CgroupReader = (
  pid: number | "self",
) => { readonly path: string; readonly reading: CgroupReading } | null;

/** Gives a reader that looks up the mounts once, and the folders once per group. */
export function openCgroups(): CgroupReader {
  const mountinfo = readTextOrNull("/proc/self/mountinfo") ?? "";
  const known = new Map<string, Chains | null>();
  return (pid) => {
    const cgroupText = readTextOrNull(`/proc/${pid}/cgroup`);
    if (cgroupText === null) return null;
    const chains = known.get(cgroupText) ?? findChains(cgroupText, mountinfo);
    known.set(cgroupText, chains);
    if (chains === null) return null;
    const { cpu, cpuacct, memory, io, unified } = chains;
    const reading = {
      ...readCpu(cpu, cpuacct),
      ...readMemory(memory),
      ...readIo(io),
      ...readPressures(unified),
    };
    return { path: cpu.path, reading };
  };
}

function findChains(cgroupText: string, mountinfo: string): Chains | null {
  const find = (controller: string) => findCgroup(controller, cgroupText, mountinfo);
  const cpu = find("cpu");
  if (cpu === null) return null;
  const io = find(cpu.version === 1 ? "blkio" : "io");
  return { cpu, cpuacct: find("cpuacct"), memory: find("memory"), io, unified: find("") };
}

/** @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files */
function readCpu(cpu: CgroupChain, accounting: CgroupChain | null) {
  const levels = cpu.directories.map((directory) => ({
    stat: parseNamedNumbers(readTextOrNull(`${directory}/cpu.stat`) ?? ""),
    cores: quotaCores(cpu.version, directory),
  }));
  // The tightest limit around the process is the one that it feels.
  const tightest = levels.reduce((a, b) => ((b.cores ?? Infinity) < (a.cores ?? Infinity) ? b : a));
  const counted = (name: string) => tightest.stat.get(name) ?? (tightest.cores === null ? 0 : null);
  const throttledV1 = tightest.stat.get("throttled_time");
  const usageUs = levels[0]?.stat.get("usage_usec");
  const usageNs =
    accounting?.version === 1
      ? readNumberOrNull(`${accounting.directories[0]}/cpuacct.usage`)
      : null;
  return {
    cpuMs: usageNs === null ? scale(usageUs, 1e-3) : usageNs / 1e6,
    periods: counted("nr_periods"),
    throttledPeriods: counted("nr_throttled"),
    throttledMs:
      throttledV1 === undefined ? scale(counted("throttled_usec"), 1e-3) : throttledV1 / 1e6,
    quotaCores: tightest.cores,
  };
}

function quotaCores(version: 1 | 2, directory: string): number | null {
  if (version === 2) {
    const match = /^(\d+) (\d+)/.exec(readTextOrNull(`${directory}/cpu.max`) ?? "");
    return match === null ? null : Number(match[1]) / Number(match[2]);
  }
  const quota = readNumberOrNull(`${directory}/cpu.cfs_quota_us`);
  const period = readNumberOrNull(`${directory}/cpu.cfs_period_us`);
  return quota === null || period === null || quota < 0 ? null : quota / period;
}

/** Version 1 writes "no limit" as a number near 2^63. */
const LIMIT_NONE = 2 ** 60;

function readMemory(memory: CgroupChain | null) {
  const [current, limit, events, hits, file] =
    memory?.version === 2
      ? ["memory.current", "memory.max", "memory.events", "max", "file"]
      : ["memory.usage_in_bytes", "memory.limit_in_bytes", "memory.oom_control", "", "cache"];
  const own = memory?.directories[0] ?? "/proc/none";
  const counts = parseNamedNumbers(readTextOrNull(`${own}/${events}`) ?? "");
  const limits = (memory?.directories ?? []).flatMap((directory) => {
    const bytes = readNumberOrNull(`${directory}/${limit}`);
    return bytes === null || bytes >= LIMIT_NONE ? [] : [bytes];
  });
  return {
    memoryBytes: readNumberOrNull(`${own}/${current}`),
    memoryFileBytes:
      parseNamedNumbers(readTextOrNull(`${own}/memory.stat`) ?? "").get(file) ?? null,
    memoryLimitBytes: limits.length === 0 ? null : Math.min(...limits),
    memoryLimitHits:
      memory?.version === 1
        ? readNumberOrNull(`${own}/memory.failcnt`)
        : (counts.get(hits) ?? null),
    oomKills: counts.get("oom_kill") ?? null,
  };
}

/**
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#io-interface-files
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html
 */
function readIo(io: CgroupChain | null) {
  const isV2 = io?.version === 2;
  const counts = isV2 ? ioCountsV2(io) : ioCountsV1(io);
  const limit = (v2Name: string, v1Name: string) =>
    leastOf(
      (io?.directories ?? []).map((directory) =>
        isV2
          ? leastOf(numbersIn(readTextOrNull(`${directory}/io.max`), `${v2Name}=(\\d+)`))
          : leastOf(numbersIn(readTextOrNull(`${directory}/blkio.throttle.${v1Name}`), ` (\\d+)$`)),
      ),
    );
  return {
    ...counts,
    readLimitPerSecond: limit("riops", "read_iops_device"),
    writeLimitPerSecond: limit("wiops", "write_iops_device"),
    readLimitBytesPerSecond: limit("rbps", "read_bps_device"),
    writeLimitBytesPerSecond: limit("wbps", "write_bps_device"),
  };
}

function ioCountsV2(io: CgroupChain) {
  const stat = readTextOrNull(`${io.directories[0]}/io.stat`);
  return {
    reads: sumOf(stat, "rios=(\\d+)"),
    readBytes: sumOf(stat, "rbytes=(\\d+)"),
    writes: sumOf(stat, "wios=(\\d+)"),
    writtenBytes: sumOf(stat, "wbytes=(\\d+)"),
  };
}

/** The root group of version 1 counts nothing: its files hold a total of 0. */
function ioCountsV1(io: CgroupChain | null) {
  const own = io === null || io.directories.length === 1 ? null : io.directories[0];
  const read = (name: string) =>
    own === null ? null : readTextOrNull(`${own}/blkio.throttle.${name}`);
  const serviced = read("io_serviced");
  const bytes = read("io_service_bytes");
  return {
    reads: sumOf(serviced, "Read (\\d+)"),
    readBytes: sumOf(bytes, "Read (\\d+)"),
    writes: sumOf(serviced, "Write (\\d+)"),
    writtenBytes: sumOf(bytes, "Write (\\d+)"),
  };
}

/** Only the unified tree keeps pressure by group. */
function readPressures(unified: CgroupChain | null) {
  const own = unified?.directories[0] ?? "/proc/none";
  const someMs = (resource: string) =>
    parsePressure(readTextOrNull(`${own}/${resource}.pressure`), "some")?.totalMs ?? null;
  return {
    cpuPressureMs: someMs("cpu"),
    ioPressureMs: someMs("io"),
    memoryPressureMs: someMs("memory"),
  };
}

function numbersIn(text: string | null, pattern: string): readonly number[] {
  return [...(text ?? "").matchAll(new RegExp(pattern, "gm"))].map((match) => Number(match[1]));
}

function sumOf(text: string | null, pattern: string): number | null {
  return text === null ? null : numbersIn(text, pattern).reduce((a, b) => a + b, 0);
}

function leastOf(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function scale(value: number | null | undefined, factor: number): number | null {
  return value === null || value === undefined ? null : value * factor;
}
