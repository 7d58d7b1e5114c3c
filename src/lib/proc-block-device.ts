import { realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { readTextOrNull } from "./proc-files.ts";
import { parseMountinfo } from "./proc-mountinfo.ts";

/**
 * The whole disk, as `/sys/block` names it, that holds a file or folder; `null` where the file
 * system has no block device that is known (overlay, tmpfs, network).
 */
export function blockDeviceOf(path: string): string | null {
  try {
    const { dev } = statSync(path, { bigint: true });
    return diskOf(dev) ?? diskOf(sourceDevice(dev));
  } catch {
    // The path may not be looked at from here.
    return null;
  }
}

function diskOf(device: bigint | null): string | null {
  if (device === null) return null;
  try {
    const folder = realpathSync(`/sys/dev/block/${majorOf(device)}:${minorOf(device)}`);
    const isPartition = readTextOrNull(`${folder}/partition`) !== null;
    return basename(isPartition ? dirname(folder) : folder);
  } catch {
    // An anonymous device number: btrfs, overlay, tmpfs.
    return null;
  }
}

/** The device that a file system with an anonymous number was mounted from, as btrfs has one. */
function sourceDevice(device: bigint): bigint | null {
  const mounts = parseMountinfo(readTextOrNull("/proc/self/mountinfo") ?? "");
  const mount = mounts.find(
    ({ major, minor }) => major === majorOf(device) && minor === minorOf(device),
  );
  return mount?.source.startsWith("/dev/") === true
    ? statSync(mount.source, { bigint: true }).rdev
    : null;
}

/** As glibc packs device numbers. */
function majorOf(device: bigint): number {
  return Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn));
}

function minorOf(device: bigint): number {
  return Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n));
}
