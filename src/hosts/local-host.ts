import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statfsSync,
  statSync,
} from "node:fs";
import { OWN_HOST, type HostFiles, type SeenHost } from "../contracts/host.ts";
import type { FilePart, VolumeRoom } from "../lib/host-files.ts";
import { readDatabaseMachine } from "../lib/postgresql-machine.ts";
import { findCgroup } from "../lib/proc-cgroup-chain.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { readSystemConstants } from "../lib/proc-system.ts";

/**
 * The machine that this program runs on. The kernel answers most of what is asked from memory, so that it is
 * read without the thread pool.
 */
export function localHost(): SeenHost {
  return {
    name: OWN_HOST,
    isSeen: true,
    files: FILES,
    ownPid: process.pid,
    constants: () => Promise.resolve(readSystemConstants()),
    facts: () => Promise.resolve(readFacts()),
  };
}

const FILES: HostFiles = {
  read: (paths) => Promise.resolve(paths.map(readTextOrNull)),
  list: (directories) => Promise.resolve(directories.map((one) => orNull(() => namesIn(one)))),
  links: (paths) => Promise.resolve(paths.map((path) => orNull(() => readlinkSync(path)))),
  resolve: (paths) => Promise.resolve(paths.map((path) => orNull(() => realpathSync(path)))),
  volumes: (paths) => Promise.resolve(paths.map((path) => orNull(() => roomOf(path)))),
  readFrom: (path, fromByte) => Promise.resolve(orNull(() => partOf(path, fromByte))),
};

/** Not there, closed to this user, or gone meanwhile: all three are "no answer". */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function namesIn(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => !name.startsWith("."));
}

function roomOf(path: string): VolumeRoom {
  const { bsize, blocks, bfree, bavail, ffree } = statfsSync(path);
  return {
    totalBytes: blocks * bsize,
    freeBytes: bfree * bsize,
    availableBytes: bavail * bsize,
    filesFree: ffree,
  };
}

/** A file that did not grow is not opened. */
function partOf(path: string, fromByte: number | "end"): FilePart {
  const { size } = statSync(path);
  if (fromByte === "end" || fromByte === size) return { fromByte: size, bytes: new Uint8Array() };
  const from = fromByte > size ? 0 : fromByte;
  const bytes = Buffer.alloc(size - from);
  const handle = openSync(path, "r");
  try {
    const length = readSync(handle, bytes, 0, bytes.length, from);
    return { fromByte: from, bytes: bytes.subarray(0, length) };
  } finally {
    closeSync(handle);
  }
}

function readFacts() {
  const { os, kernel, cpuModel, cpuCount, memoryBytes, container } = readDatabaseMachine(
    null,
    true,
  );
  const [group, mounts] = ["/proc/self/cgroup", "/proc/self/mountinfo"].map(readTextOrNull);
  return {
    machine: { os, kernel, cpuModel, cpuCount, memoryBytes, container },
    cgroup: findCgroup("cpu", group ?? "", mounts ?? "")?.path ?? null,
    clock: { offsetMs: 0, uncertaintyMs: 0 },
  };
}
