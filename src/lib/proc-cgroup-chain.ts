import { join } from "node:path";
import { parseMountinfo } from "./proc-mountinfo.ts";

/** Where a controller's files for one process lie: its own group first, then those around it. */
export interface CgroupChain {
  readonly version: 1 | 2;
  /** The process's group as the kernel names it. */
  readonly path: string;
  readonly directories: readonly string[];
}

/**
 * Finds a controller's folders from a process's `/proc/<pid>/cgroup` and this process's mountinfo;
 * version 1 where it is mounted so, else the unified tree. `null` where neither is.
 *
 * @see https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
export function findCgroup(
  controller: string,
  cgroupText: string,
  mountinfoText: string,
): CgroupChain | null {
  const groups = cgroupText.split("\n").flatMap((line) => {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    return match === null ? [] : [{ controllers: match[1]!.split(","), path: match[2]! }];
  });
  const mounts = parseMountinfo(mountinfoText);
  const mount1 = mounts.find((m) => m.type === "cgroup" && m.superOptions.includes(controller));
  const group1 = groups.find(({ controllers }) => controllers.includes(controller));
  if (mount1 !== undefined && group1 !== undefined) return chainOf(1, mount1, group1.path);
  const mount2 = mounts.find(({ type }) => type === "cgroup2");
  const group2 = groups.find(({ controllers }) => controllers[0] === "");
  return mount2 !== undefined && group2 !== undefined ? chainOf(2, mount2, group2.path) : null;
}

function chainOf(
  version: 1 | 2,
  mount: { readonly root: string; readonly mountPoint: string },
  path: string,
): CgroupChain {
  // Inside a container the mount shows only the part of the tree below its root.
  const inside =
    mount.root !== "/" && `${path}/`.startsWith(`${mount.root}/`)
      ? path.slice(mount.root.length)
      : path;
  const names = inside.split("/").filter((name) => name !== "" && name !== "..");
  const directories = names.map((_, index) =>
    join(mount.mountPoint, ...names.slice(0, names.length - index)),
  );
  return { version, path, directories: [...directories, mount.mountPoint] };
}
