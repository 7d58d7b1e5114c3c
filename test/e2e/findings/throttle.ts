import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import type { Player, Stage } from "./stage.ts";

/** Version 1 of the control groups, where this process may make some; the tests say so where it may not. */
const ROOT = "/sys/fs/cgroup";

export function mayThrottle(): boolean {
  return existsSync(`${ROOT}/cpu/cgroup.procs`) && process.getuid?.() === 0;
}

/** Processes that a limit is put on until the curtain falls. */
function putInGroup(stage: Stage, kind: "cpu" | "blkio", pids: readonly number[]): string {
  const group = `${ROOT}/${kind}/pgdyno-stage-${process.pid}-${(groups += 1)}`;
  mkdirSync(group);
  stage.later(async () => {
    for (const pid of readFileSync(`${group}/cgroup.procs`, "utf8").split("\n").filter(Boolean)) {
      try {
        writeFileSync(`${ROOT}/${kind}/cgroup.procs`, pid);
      } catch {
        // It ended meanwhile.
      }
    }
    for (let attempt = 0; attempt < 50; attempt += 1) {
      try {
        return rmdirSync(group);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100)); // Still somebody in it.
      }
    }
  });
  for (const pid of pids) {
    try {
      writeFileSync(`${group}/cgroup.procs`, String(pid));
    } catch (error) {
      // An autovacuum worker may end before its turn.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  return group;
}
let groups = 0;

export function limitCpu(stage: Stage, pids: readonly number[], cores: number): void {
  const group = putInGroup(stage, "cpu", pids);
  writeFileSync(`${group}/cpu.cfs_quota_us`, String(Math.round(cores * 100_000)));
}

/** Writes per second of a whole server to the disk that holds it; gives a function that changes the limit. */
export function limitWrites(stage: Stage, player: Player, perS: number): (perS: number) => void {
  const group = putInGroup(stage, "blkio", serverOf(player));
  const device = diskOf(player.folder);
  const set = (limit: number) =>
    writeFileSync(`${group}/blkio.throttle.write_iops_device`, `${device} ${limit}`);
  set(perS);
  return set;
}

/** `major:minor` of the whole disk: limits do not go on partitions. */
function diskOf(folder: string): string {
  const { dev } = statSync(folder);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const isPartition = existsSync(`/sys/dev/block/${major}:${minor}/partition`);
  return isPartition
    ? readFileSync(`/sys/dev/block/${major}:${minor}/../dev`, "utf8").trim()
    : `${major}:${minor}`;
}

/** All processes of a server. */
export function serverOf({ postmasterPid }: Player): readonly number[] {
  return [...processesOf(postmasterPid), postmasterPid];
}

function processesOf(postmasterPid: number): readonly number[] {
  const text = readFileSync(`/proc/${postmasterPid}/task/${postmasterPid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

/** The child of a postmaster whose title holds a word. */
export function processCalled(postmasterPid: number, title: string): number {
  const found = processesOf(postmasterPid).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(title),
  );
  if (found === undefined) throw new Error(`${postmasterPid} has no process called ${title}`);
  return found;
}

/** Stops a process until the curtain falls. */
export function freeze(stage: Stage, pid: number): void {
  process.kill(pid, "SIGSTOP");
  stage.later(() => {
    try {
      process.kill(pid, "SIGCONT");
    } catch {
      // It is gone.
    }
  });
}
