import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { findServerProcesses } from "./postgresql-server-processes.ts";
import { readTextOrNull } from "./proc-files.ts";

/**
 * Memory of a server that outlives it where it was killed: PostgreSQL takes it away when it is started
 * in the same folder again, and nobody does where the folder is gone by then. Linux only.
 *
 * @see https://www.postgresql.org/docs/current/kernel-resources.html#SYSVIPC
 */
export interface SharedMemory {
  /** Of System V: `shmid`, as `ipcs -m` lists it. */
  readonly segmentIds: readonly number[];
  /** Dynamic shared memory: names of files in `/dev/shm`. */
  readonly fileNames: readonly string[];
}

const NONE: SharedMemory = { segmentIds: [], fileNames: [] };
const FILES = "/dev/shm";
const FILE_NAME = /^PostgreSQL\.\d+$/;

/** What the processes of the server in this folder share now, and what a dead one's lock file names. */
export function findSharedMemory(dataDirectory: string): SharedMemory {
  if (process.platform !== "linux") return NONE;
  const maps = findServerProcesses(dataDirectory).map((pid) =>
    parseSharedMaps(readTextOrNull(`/proc/${pid}/maps`) ?? ""),
  );
  const named = segmentOfLockFile(dataDirectory);
  return {
    segmentIds: unique([...maps.flatMap(({ segmentIds }) => segmentIds), ...named]),
    fileNames: unique(maps.flatMap(({ fileNames }) => fileNames)),
  };
}

/**
 * Removes what nobody uses any more. Memory that a process still has is left alone; safe to call
 * twice, and where there is nothing.
 *
 * @throws where it cannot be removed.
 */
export function removeSharedMemory({ segmentIds, fileNames }: SharedMemory): void {
  if (process.platform !== "linux") return;
  for (const id of segmentIds) {
    if (findSegment(id)?.attached === 0) removeSegment(id);
  }
  const there = fileNames.filter((name) => FILE_NAME.test(name) && existsInShm(name));
  if (there.length === 0) return;
  const inUse = new Set(mapsOfAll().flatMap((text) => parseSharedMaps(text).fileNames));
  for (const name of there) {
    if (!inUse.has(name)) rmSync(path.join(FILES, name), { force: true });
  }
}

/** Runs what ends a server for good, and then removes the memory that it leaves where it was killed. */
export async function withSharedMemoryRemoved<T>(
  dataDirectory: string,
  end: () => Promise<T>,
): Promise<T> {
  const memory = findSharedMemory(dataDirectory);
  const result = await end();
  removeSharedMemory(memory);
  return result;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html: the inode of `/SYSV…` is its `shmid`. */
export function parseSharedMaps(text: string): SharedMemory {
  const segmentIds: number[] = [];
  const fileNames: string[] = [];
  for (const line of text.split("\n")) {
    const [, , , , inode, file = ""] = line.split(/\s+/);
    if (file.startsWith("/SYSV")) segmentIds.push(Number(inode));
    if (path.dirname(file) === FILES && FILE_NAME.test(path.basename(file))) {
      fileNames.push(path.basename(file));
    }
  }
  return { segmentIds: unique(segmentIds), fileNames: unique(fileNames) };
}

/**
 * True where the server of this folder was killed whole and its segment is still there: PostgreSQL
 * makes it under the inode of the folder. Its dynamic shared memory is then there too, and only that
 * segment names it.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/port/sysv_shmem.c
 */
export function hasLeftMemory(dataDirectory: string): boolean {
  const inode = statSync(dataDirectory, { bigint: true, throwIfNoEntry: false })?.ino;
  if (process.platform !== "linux" || inode === undefined) return false;
  const key = Number(BigInt.asIntN(32, inode));
  return readSegments().some((segment) => segment.key === key && segment.attached === 0);
}

/** One line of `/proc/sysvipc/shm`. */
export interface Segment {
  readonly key: number;
  readonly id: number;
  /** The postmaster that made it. */
  readonly creatorPid: number;
  /** Processes that have it now. */
  readonly attached: number;
}

/** @see https://man7.org/linux/man-pages/man5/proc_sysvipc.5.html */
export function parseSegments(text: string): readonly Segment[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((fields) => fields.length > 6)
    .map(([key, id, , , creatorPid, , attached]) => ({
      key: key!,
      id: id!,
      creatorPid: creatorPid!,
      attached: attached!,
    }));
}

/**
 * The seventh line of `postmaster.pid` is key and number of the segment. The file may be old and the
 * number another's by now: it counts only where that postmaster made the segment.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h
 */
function segmentOfLockFile(dataDirectory: string): readonly number[] {
  const lines = (readTextOrNull(path.join(dataDirectory, "postmaster.pid")) ?? "").split("\n");
  const pid = Number(lines[0]);
  const id = Number(lines[6]?.trim().split(/\s+/)[1]);
  return Number.isInteger(id) && findSegment(id)?.creatorPid === pid ? [id] : [];
}

function findSegment(id: number): Segment | undefined {
  return readSegments().find((segment) => segment.id === id);
}

function readSegments(): readonly Segment[] {
  return parseSegments(readTextOrNull("/proc/sysvipc/shm") ?? "");
}

function removeSegment(id: number): void {
  try {
    execFileSync("ipcrm", ["-m", String(id)], { stdio: "ignore" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // 56 bytes stay, for want of `ipcrm`.
    if (findSegment(id) !== undefined) throw error; // Gone meanwhile is fine.
  }
}

function existsInShm(name: string): boolean {
  try {
    return readdirSync(FILES).includes(name);
  } catch {
    return false; // Not Linux's usual place.
  }
}

function mapsOfAll(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/maps`, "utf8");
      } catch {
        return ""; // It has just ended, or is another user's: then the file is not ours to remove.
      }
    });
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
