import { posix } from "node:path";
import { type HostFiles, readFileOn } from "./host-files.ts";
import { findMount, type Mount, parseMountinfo } from "./proc-mountinfo.ts";

/**
 * The whole disk, as `/sys/block` names it, that holds each file or folder; `null` where the file
 * system has no block device that is known (overlay, tmpfs, network), or the path may not be looked at.
 */
export async function blockDevicesOf(
  files: HostFiles,
  paths: readonly string[],
): Promise<readonly (string | null)[]> {
  const mounts = parseMountinfo((await readFileOn(files, "/proc/self/mountinfo")) ?? "");
  const real = await files.resolve(paths);
  return Promise.all(
    real.map(async (path) => {
      const mount = path === null ? null : findMount(mounts, path);
      if (mount === null) return null;
      const folder = `/sys/dev/block/${mount.major}:${mount.minor}`;
      return (
        (await diskOf(files, folder)) ?? (await diskOf(files, await sourceFolder(files, mount)))
      );
    }),
  );
}

/** `folder` is the device's own under `/sys`; a partition's lies in that of its disk. */
async function diskOf(files: HostFiles, folder: string | null): Promise<string | null> {
  if (folder === null) return null;
  const [real = null] = await files.resolve([folder]);
  // An anonymous device number: btrfs, overlay, tmpfs.
  if (real === null) return null;
  const isPartition = (await readFileOn(files, `${real}/partition`)) !== null;
  return posix.basename(isPartition ? posix.dirname(real) : real);
}

/** Of the device that a file system with an anonymous number was mounted from, as btrfs has one. */
async function sourceFolder(files: HostFiles, { source }: Mount): Promise<string | null> {
  if (!source.startsWith("/dev/")) return null;
  const [device = null] = await files.resolve([source]);
  return device === null ? null : `/sys/class/block/${posix.basename(device)}`;
}
