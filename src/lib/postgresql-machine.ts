import { existsSync, readFileSync, realpathSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import path from "node:path";
import { parseMemoryLimit, cgroupMemoryFiles } from "./cgroup-memory.ts";
import type { MachineFacts } from "./machine-facts.ts";
import { findMount, parseMountinfo } from "./proc-mountinfo.ts";

/** Looks at this machine. `dataDirectory` is PGDATA, `null` where it cannot be seen from here. */
export function readDatabaseMachine(
  dataDirectory: string | null,
  sharedWithLoad: boolean,
): MachineFacts {
  const processors = cpus();
  return {
    os: readOsName(),
    kernel: `${type()} ${release()}`,
    cpuModel: processors[0]?.model.trim() || "unknown",
    cpuCount: processors.length,
    memoryBytes: readUsableMemoryBytes(),
    dataFileSystem: dataDirectory === null ? null : readFileSystem(dataDirectory),
    container: detectContainer(),
    sharedWithLoad,
  };
}

/** Memory in bytes that processes here may use: the machine's, or a control group's lower limit. */
export function readUsableMemoryBytes(): number {
  const limits = cgroupMemoryFiles(readOrNull("/proc/self/cgroup") ?? "")
    .map((file) => parseMemoryLimit(readOrNull(file) ?? ""))
    .filter((limit) => limit !== null);
  return Math.min(totalmem(), ...limits);
}

/** The file system that holds this folder, or the nearest of its parents that exists. */
function readFileSystem(folder: string): MachineFacts["dataFileSystem"] {
  const mounts = readOrNull("/proc/self/mountinfo");
  if (mounts === null) return null;
  let existing = path.resolve(folder);
  while (!existsSync(existing) && path.dirname(existing) !== existing) {
    existing = path.dirname(existing);
  }
  const mount = findMount(parseMountinfo(mounts), realPath(existing));
  return mount === null ? null : { path: folder, type: mount.type, device: mount.source };
}

function readOsName(): string {
  const text = readOrNull("/etc/os-release") ?? "";
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? type();
}

/**
 * @see https://docs.podman.io/en/latest/markdown/podman-run.1.html (`/run/.containerenv`)
 * @see https://systemd.io/CONTAINER_INTERFACE/ (`container` of process 1)
 */
function detectContainer(): string | null {
  if (process.env["KUBERNETES_SERVICE_HOST"] !== undefined) return "kubernetes";
  if (existsSync("/.dockerenv")) return "docker";
  if (existsSync("/run/.containerenv")) return "podman";
  const first = readOrNull("/run/systemd/container");
  return first === null ? null : first.trim();
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null; // Not every system has every file, and not every user may read it.
  }
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // A parent is closed to this user: the path as given is the best there is.
  }
}
