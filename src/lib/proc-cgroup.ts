import { findCgroup, type CgroupChain } from "./proc-cgroup-chain.ts";
import { type HostFiles, readFileOn, readFilesOn } from "./host-files.ts";
import { parseNamedNumbers, parseNumberOrNull } from "./proc-files.ts";
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

/** A process's group, and what was read of it. */
export interface ProcessCgroup {
  readonly path: string;
  readonly reading: CgroupReading;
}

/** Reads the groups of processes; `null` for one that is gone, or where there are no control groups. */
export type CgroupReader = (
  pids: readonly (number | "self")[],
) => Promise<readonly (ProcessCgroup | null)[]>;

/** The text of a file; `null` where it is not there. */
type TextOf = (path: string) => string | null;

/** Gives a reader that looks up the mounts once, and the folders once per group. */
export async function openCgroups(files: HostFiles): Promise<CgroupReader> {
  const mountinfo = (await readFileOn(files, "/proc/self/mountinfo")) ?? "";
  const known = new Map<string, GroupFiles | null>();
  const groupOf = (cgroupText: string | null): GroupFiles | null => {
    if (cgroupText === null) return null;
    const group = known.get(cgroupText) ?? findGroup(cgroupText, mountinfo);
    known.set(cgroupText, group);
    return group;
  };
  return async (pids) => {
    const groups = (await files.read(pids.map((pid) => `/proc/${pid}/cgroup`))).map(groupOf);
    const paths = new Set(groups.flatMap((group) => group?.paths ?? []));
    const texts = await readFilesOn(files, [...paths]);
    const textOf: TextOf = (path) => texts.get(path) ?? null;
    return groups.map((group) =>
      group === null
        ? null
        : { path: group.chains.cpu.path, reading: toReading(group.chains, textOf) },
    );
  };
}

interface GroupFiles {
  readonly chains: Chains;
  /** Every file that its reading takes. */
  readonly paths: readonly string[];
}

function findGroup(cgroupText: string, mountinfo: string): GroupFiles | null {
  const chains = findChains(cgroupText, mountinfo);
  if (chains === null) return null;
  // Which files a reading takes depends on the chains alone: one without any text tells them.
  const paths: string[] = [];
  toReading(chains, (path) => {
    paths.push(path);
    return null;
  });
  return { chains, paths };
}

function toReading({ cpu, cpuacct, memory, io, unified }: Chains, textOf: TextOf): CgroupReading {
  return {
    ...readCpu(cpu, cpuacct, textOf),
    ...readMemory(memory, textOf),
    ...readIo(io, textOf),
    ...readPressures(unified, textOf),
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
function readCpu(cpu: CgroupChain, accounting: CgroupChain | null, textOf: TextOf) {
  const levels = cpu.directories.map((directory) => ({
    stat: parseNamedNumbers(textOf(`${directory}/cpu.stat`) ?? ""),
    cores: quotaCores(cpu.version, directory, textOf),
  }));
  // The tightest limit around the process is the one that it feels.
  const tightest = levels.reduce((a, b) => ((b.cores ?? Infinity) < (a.cores ?? Infinity) ? b : a));
  const counted = (name: string) => tightest.stat.get(name) ?? (tightest.cores === null ? 0 : null);
  const throttledV1 = tightest.stat.get("throttled_time");
  const usageUs = levels[0]?.stat.get("usage_usec");
  const usageNs =
    accounting?.version === 1
      ? parseNumberOrNull(textOf(`${accounting.directories[0]}/cpuacct.usage`))
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

function quotaCores(version: 1 | 2, directory: string, textOf: TextOf): number | null {
  if (version === 2) {
    const match = /^(\d+) (\d+)/.exec(textOf(`${directory}/cpu.max`) ?? "");
    return match === null ? null : Number(match[1]) / Number(match[2]);
  }
  const quota = parseNumberOrNull(textOf(`${directory}/cpu.cfs_quota_us`));
  const period = parseNumberOrNull(textOf(`${directory}/cpu.cfs_period_us`));
  return quota === null || period === null || quota < 0 ? null : quota / period;
}

/** Version 1 writes "no limit" as a number near 2^63. */
const LIMIT_NONE = 2 ** 60;

function readMemory(memory: CgroupChain | null, textOf: TextOf) {
  const [current, limit, events, hits, file] =
    memory?.version === 2
      ? ["memory.current", "memory.max", "memory.events", "max", "file"]
      : ["memory.usage_in_bytes", "memory.limit_in_bytes", "memory.oom_control", "", "cache"];
  const own = memory?.directories[0] ?? "/proc/none";
  const counts = parseNamedNumbers(textOf(`${own}/${events}`) ?? "");
  const limits = (memory?.directories ?? []).flatMap((directory) => {
    const bytes = parseNumberOrNull(textOf(`${directory}/${limit}`));
    return bytes === null || bytes >= LIMIT_NONE ? [] : [bytes];
  });
  return {
    memoryBytes: parseNumberOrNull(textOf(`${own}/${current}`)),
    memoryFileBytes: parseNamedNumbers(textOf(`${own}/memory.stat`) ?? "").get(file) ?? null,
    memoryLimitBytes: limits.length === 0 ? null : Math.min(...limits),
    memoryLimitHits:
      memory?.version === 1
        ? parseNumberOrNull(textOf(`${own}/memory.failcnt`))
        : (counts.get(hits) ?? null),
    oomKills: counts.get("oom_kill") ?? null,
  };
}

/**
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#io-interface-files
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html
 */
function readIo(io: CgroupChain | null, textOf: TextOf) {
  const isV2 = io?.version === 2;
  const counts = isV2 ? ioCountsV2(io, textOf) : ioCountsV1(io, textOf);
  const limit = (v2Name: string, v1Name: string) =>
    leastOf(
      (io?.directories ?? []).map((directory) =>
        isV2
          ? leastOf(numbersIn(textOf(`${directory}/io.max`), `${v2Name}=(\\d+)`))
          : leastOf(numbersIn(textOf(`${directory}/blkio.throttle.${v1Name}`), ` (\\d+)$`)),
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

function ioCountsV2(io: CgroupChain, textOf: TextOf) {
  const stat = textOf(`${io.directories[0]}/io.stat`);
  return {
    reads: sumOf(stat, "rios=(\\d+)"),
    readBytes: sumOf(stat, "rbytes=(\\d+)"),
    writes: sumOf(stat, "wios=(\\d+)"),
    writtenBytes: sumOf(stat, "wbytes=(\\d+)"),
  };
}

/** The root group of version 1 counts nothing: its files hold a total of 0. */
function ioCountsV1(io: CgroupChain | null, textOf: TextOf) {
  const own = io === null || io.directories.length === 1 ? null : io.directories[0];
  const read = (name: string) => (own === null ? null : textOf(`${own}/blkio.throttle.${name}`));
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
function readPressures(unified: CgroupChain | null, textOf: TextOf) {
  const own = unified?.directories[0] ?? "/proc/none";
  const someMs = (resource: string) =>
    parsePressure(textOf(`${own}/${resource}.pressure`), "some")?.totalMs ?? null;
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
