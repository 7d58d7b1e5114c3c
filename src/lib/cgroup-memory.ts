import path from "node:path";

/**
 * Files that may hold a memory limit of this process, from the text of `/proc/self/cgroup`: its own
 * control group and every one above it, versions 1 and 2.
 *
 * @see https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
export function cgroupMemoryFiles(text: string): readonly string[] {
  const files: string[] = [];
  for (const line of text.split("\n")) {
    const [hierarchy, controllers, ...rest] = line.split(":");
    const group = rest.join(":");
    if (group === "") continue;
    if (hierarchy === "0") {
      for (const folder of upwards(group)) {
        files.push(path.join("/sys/fs/cgroup", folder, "memory.max"));
      }
    } else if (controllers?.split(",").includes("memory")) {
      for (const folder of upwards(group)) {
        files.push(path.join("/sys/fs/cgroup/memory", folder, "memory.limit_in_bytes"));
      }
    }
  }
  return files;
}

/** A limit in bytes; `null` for `max` and for what is no number. */
export function parseMemoryLimit(text: string): number | null {
  const trimmed = text.trim();
  return /^\d+$/.test(trimmed) ? Number(trimmed) : null;
}

/** `/a/b` → `/a/b`, `/a`, `/`. In a container the first ones may not exist; the last always does. */
function upwards(group: string): readonly string[] {
  const folders = [group];
  for (let folder = group; folder !== "/" && folder !== ".";) {
    folder = path.dirname(folder);
    folders.push(folder);
  }
  return folders;
}
