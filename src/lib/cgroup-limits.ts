import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findCgroup } from "./proc-cgroup-chain.ts";
import { readTextOrNull } from "./proc-files.ts";

/** A place where a control group of ours can be made, for the processes of somebody. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  /** The folder in which the group is made. */
  readonly parentDirectory: string;
}

/** Controllers that a fault limits. */
export type CgroupController = "cpu" | "io";

/** Processes that are just being forked are moved in the next round. */
const MOVE_ROUNDS_MAX = 100;
const GONE_MS = 5000;
const LOOK_MS = 5;
/** Only folders with this in their name are emptied and removed. */
const OURS = "pgdyno";

/**
 * Where a group with this controller can be made around a process: with version 1 in its own group;
 * with version 2 in the nearest group around it that hands the controller on, since a group that
 * does so, but for the root, holds no processes itself. `null` where there is none.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#no-internal-process-constraint
 */
export function findCgroupPlace(
  controller: CgroupController,
  cgroupText: string,
  mountinfoText: string,
): CgroupPlace | null {
  const v1 = findCgroup(controller === "io" ? "blkio" : controller, cgroupText, mountinfoText);
  if (v1?.version === 1) return { version: 1, parentDirectory: v1.directories[0]! };
  const v2 = findCgroup(controller, cgroupText, mountinfoText);
  const parentDirectory = v2?.directories.find((directory) =>
    readTextOrNull(path.join(directory, "cgroup.subtree_control"))
      ?.trim()
      .split(" ")
      .includes(controller),
  );
  return parentDirectory === undefined ? null : { version: 2, parentDirectory };
}

/** Where a group can be made around a process of this machine; `null` where there is no place. */
export function findCgroupPlaceOf(
  controller: CgroupController,
  pid: number | "self",
): CgroupPlace | null {
  return findCgroupPlace(
    controller,
    readTextOrNull(`/proc/${pid}/cgroup`) ?? "",
    readTextOrNull("/proc/self/mountinfo") ?? "",
  );
}

/** Makes a group with these limits, by file name. @throws where the kernel refuses one. */
export function makeCgroup(directory: string, limits: Readonly<Record<string, string>>): void {
  mkdirSync(directory);
  for (const [file, value] of Object.entries(limits)) {
    writeFileSync(path.join(directory, file), value);
  }
}

/**
 * Moves processes into a group until `list` names none that is outside: what they start meanwhile is
 * moved too, and what they start later is in it by birth.
 *
 * @returns how many are in it. @throws where one cannot be moved.
 */
export function moveIntoCgroup(directory: string, list: () => readonly number[]): number {
  for (let round = 0; round < MOVE_ROUNDS_MAX; round += 1) {
    const inside = new Set(processesIn(directory));
    const outside = list().filter((pid) => !inside.has(pid));
    if (outside.length === 0) return inside.size;
    for (const pid of outside) move(pid, directory);
  }
  throw new Error(`processes are started faster than they can be moved into ${directory}`);
}

/**
 * Moves all processes of the group into the one around it, and removes it. Safe to call twice.
 *
 * @throws where it is not ours, or stays.
 */
export async function removeCgroup(directory: string): Promise<void> {
  if (!path.basename(directory).includes(OURS)) {
    throw new Error(`${directory} does not bear pgdyno's name, so it is left untouched.`);
  }
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    for (const pid of processesIn(directory)) move(pid, path.dirname(directory));
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      // A process that is just ending still counts for a moment.
      if (code !== "EBUSY" || waitedMs > GONE_MS) throw error;
    }
    await sleep(LOOK_MS);
  }
}

/** The processes of a group itself; none where it is gone. */
export function processesIn(directory: string): readonly number[] {
  const text = readTextOrNull(path.join(directory, "cgroup.procs")) ?? "";
  return text.split("\n").filter(Boolean).map(Number);
}

function move(pid: number, directory: string): void {
  try {
    writeFileSync(path.join(directory, "cgroup.procs"), String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // It has just ended.
  }
}
